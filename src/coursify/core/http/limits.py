"""How often an operation may be called: by its rate class, per person where one is known, else per address."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

from coursify.core.errors import TooManyRequests
from coursify.core.http.address import Network, client_address
from coursify.core.http.route import Limit
from coursify.core.operations import Caller, Operation
from coursify.core.ratelimit import Bucket, Rate, Tallies

# Where the edge finds the headers that tell a client where it stands.
RATE_HEADERS = "coursify.rate"


def make_limiter(tallies: Tallies, rates: Mapping[str, Rate], trusted: tuple[Network, ...]) -> Limit:
    """Every route asks it after the gate; raises TooManyRequests."""

    async def limit(request: Request, operation: Operation, caller: Caller | None) -> None:
        rate = rates[operation.rate]
        who = str(caller.user_id) if caller else client_address(request.scope, trusted)
        standing = tallies.count(Bucket(rate, who))
        request.scope[RATE_HEADERS] = (
            (b"ratelimit-policy", f'"{rate.name}";q={standing.limit};w={rate.seconds}'.encode()),
            (b"ratelimit", f'"{rate.name}";r={standing.remaining};t={standing.reset_seconds}'.encode()),
        )
        if standing.is_over:
            raise TooManyRequests(headers={"Retry-After": str(standing.reset_seconds)})

    return limit
