"""Rate limits of operations, by rate class: per person for signed-in callers, else per address."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from fastapi import Request

from coursify.core.caller import Caller
from coursify.core.errors import AppError, TooManyRequests
from coursify.core.http.address import Network, client_address
from coursify.core.http.context import CountFailure, Limit, Scope
from coursify.core.policy import Policy
from coursify.core.ratelimit import Bucket, Rate, RequestCounters

# Where the middleware finds the rate limit headers of a response.
RATE_HEADERS = "coursify.rate"
# Set by the cache in front of the router: it has counted the request.
IS_COUNTED = "coursify.is_counted"


def make_limiter(counters: RequestCounters, rates: Mapping[str, Rate], trusted: tuple[Network, ...]) -> Limit:
    """The limiter that every route calls after authentication. It raises TooManyRequests."""

    def limit(scope: Scope, policy: Policy, caller: Caller | None) -> None:
        if scope.get(IS_COUNTED):
            return
        rate = rates[policy.rate]
        who = str(caller.user_id) if caller else client_address(scope, trusted)
        bucket = Bucket(rate, who)
        status = counters.peek(bucket) if policy.counts_failures_only else counters.count(bucket)
        scope[RATE_HEADERS] = (
            _policy_header(rate, status.limit),
            (b"ratelimit", f'"{rate.name}";r={status.remaining};t={status.reset_seconds}'.encode()),
        )
        if status.is_over:
            raise TooManyRequests(headers={"Retry-After": str(status.reset_seconds)})

    return limit


@functools.lru_cache
def _policy_header(rate: Rate, limit: int) -> tuple[bytes, bytes]:
    return b"ratelimit-policy", f'"{rate.name}";q={limit};w={rate.seconds}'.encode()


def make_failure_counter(
    counters: RequestCounters, rates: Mapping[str, Rate], trusted: tuple[Network, ...]
) -> CountFailure:
    """Counts a refused request against its address, where the policy counts failures only."""

    def count_failure(request: Request, policy: Policy, error: AppError) -> None:
        if policy.counts_failures_only and error.is_failed_guess and error.status < 500:
            counters.count(Bucket(rates[policy.rate], client_address(request.scope, trusted)))

    return count_failure
