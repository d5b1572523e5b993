"""Every amount that Coursify's currency table allows is accepted by the stand-in, and so by Stripe."""

from __future__ import annotations

import pytest
import stripe
from tests.sandbox.stripe.conftest import SDK_WARNING

from coursify.core.currencies import CURRENCIES as OURS
from stripe_standin import money as theirs

pytestmark = pytest.mark.filterwarnings(SDK_WARNING)

# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, in the units of Stripe's API.
PUBLISHED = {
    "usd": 50, "aed": 200, "ars": 50, "aud": 50, "brl": 50, "cad": 50, "chf": 50, "cop": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "idr": 50, "ils": 50, "inr": 50, "jpy": 50, "krw": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "php": 50, "pln": 200, "ron": 200, "rub": 50, "sek": 300, "sgd": 50,
    "thb": 1000, "zar": 50,
}  # fmt: skip


def test_both_tables_have_the_same_currencies() -> None:
    assert OURS.keys() == theirs.CURRENCIES
    assert "bgn" not in theirs.CURRENCIES
    assert "xcg" in theirs.CURRENCIES


def in_api_units(minor: int, code: str) -> int:
    """Convert minor units to the units of Stripe's API, exactly."""
    scaled = minor * 10 ** OURS[code].provider_decimals
    assert scaled % 10 ** OURS[code].decimals == 0
    return int(scaled // 10 ** OURS[code].decimals)


@pytest.mark.parametrize("code", sorted(OURS))
def test_our_limits_are_within_stripes(code: str) -> None:
    ours = OURS[code]
    assert in_api_units(ours.minimum_minor, code) >= theirs.minimum_charge(code)
    assert in_api_units(ours.maximum_minor, code) <= theirs.maximum_charge(code)
    for limit in (ours.minimum_minor, ours.maximum_minor):
        theirs.check_charge_amount(in_api_units(limit, code), code)


@pytest.mark.parametrize("code", sorted(OURS))
def test_both_tables_have_the_same_steps(code: str) -> None:
    assert in_api_units(OURS[code].step_minor, code) == theirs.step(code)


@pytest.mark.parametrize("code", sorted(PUBLISHED))
def test_the_minimum_charge_is_the_published_one(code: str) -> None:
    minimum = theirs.minimum_charge(code)
    assert minimum >= PUBLISHED[code]
    assert minimum == PUBLISHED[code] or code == "krw"


def test_an_unpublished_minimum_charge_is_half_a_unit_or_fifty() -> None:
    assert [theirs.minimum_charge(code) for code in ("xcg", "clp", "mga", "kwd", "isk", "ugx", "krw")] == [
        50,
        50,
        50,
        150,
        5000,
        5000,
        500,
    ]


def test_the_largest_charge_has_as_many_digits_as_any_payment_method_takes() -> None:
    digits = {code: len(str(theirs.maximum_charge(code))) for code in theirs.CURRENCIES}
    assert {code: count for code, count in digits.items() if count != 8} == {"idr": 12, "cop": 10, "inr": 9}
    assert {theirs.maximum_charge(code) % 10 for code in theirs.CURRENCIES} == {9}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        (50, "xcg"),
        (50, "mga"),
        (500, "krw"),
        (150, "kwd"),
        (5000, "isk"),
        (999_999_999_999, "idr"),
        (99_999_999, "jpy"),
    ],
)
async def test_the_minimum_and_the_maximum_charge_are_accepted(
    client: stripe.StripeClient, amount: int, currency: str
) -> None:
    intent = await client.v1.payment_intents.create_async({"amount": amount, "currency": currency})
    assert (intent.amount, intent.currency) == (amount, currency)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (500, "bgn", None),
        (49, "xcg", "amount_too_small"),
        (499, "krw", "amount_too_small"),
        (4900, "isk", "amount_too_small"),
        (1_000_000_000_000, "idr", "amount_too_large"),
        (100_000_000, "jpy", "amount_too_large"),
        (100_000_000, "huf", "amount_too_large"),
        (155, "kwd", "parameter_invalid_integer"),
        (5050, "isk", "parameter_invalid_integer"),
    ],
)
async def test_an_amount_beyond_the_limits_is_rejected(
    client: stripe.StripeClient, amount: int, currency: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await client.v1.payment_intents.create_async({"amount": amount, "currency": currency})
    assert refused.value.code == code
