"""Which errors are final and may be stored under an Idempotency-Key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from coursify.core.errors import (
    AppError,
    Conflict,
    Forbidden,
    NotFound,
    PaymentRequired,
    RequestInProgress,
    SecondFactorMissing,
    StepUpRequired,
    TooManyRequests,
    Unavailable,
)
from coursify.core.idempotency import lease_duration
from coursify.core.policy import Policy
from coursify.modules.payments.errors import PaymentDisputed, PaymentInProgress, SecondAdminNeeded
from coursify.routes import ROUTES

assert ROUTES, "with the controllers every module's errors are loaded"


def descendants(error: type[AppError]) -> Iterator[type[AppError]]:
    for kind in error.__subclasses__():
        yield kind
        yield from descendants(kind)


def test_nothing_but_403_404_and_409_is_ever_final() -> None:
    final = {kind.status for kind in descendants(AppError) if kind.is_final}
    assert final == {403, 404, 409}


@pytest.mark.parametrize(
    "kind",
    [
        StepUpRequired,
        SecondFactorMissing,
        SecondAdminNeeded,
        RequestInProgress,
        PaymentInProgress,
        PaymentDisputed,
        PaymentRequired,
        TooManyRequests,
        Unavailable,
    ],
)
def test_an_error_that_can_go_away_is_not_final(kind: type[AppError]) -> None:
    assert not kind().may_be_replayed


@pytest.mark.parametrize("kind", [Forbidden, NotFound, Conflict])
def test_an_error_with_retry_after_is_not_stored(kind: type[AppError]) -> None:
    assert kind().may_be_replayed
    assert not kind(headers={"retry-after": "3"}).may_be_replayed


@pytest.mark.parametrize("policy", [route.policy for route in ROUTES], ids=[route.id for route in ROUTES])
def test_a_key_is_leased_longer_than_its_operation_may_take(policy: Policy) -> None:
    assert lease_duration(policy).total_seconds() >= policy.seconds + 10
