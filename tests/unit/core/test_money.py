"""Money is an integer; parts of a split sum to the total."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coursify.core.currencies import CURRENCIES, explain_not_chargeable
from coursify.core.money import Money, share, split_by_weight
from coursify.integrations.stripe_facts import from_stripe, to_stripe
from coursify.modules.payments.gateway import ProviderRefused

amounts = some.integers(min_value=0, max_value=99_999_999)


@given(total=amounts, weights=some.lists(amounts, min_size=1, max_size=20))
def test_parts_split_by_weight_add_up_and_none_is_negative_or_more_than_a_unit_off(
    total: int, weights: list[int]
) -> None:
    parts = split_by_weight(total, weights)
    if sum(weights) == 0:
        assert parts == [0] * len(weights)
        return
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert part >= 0
        assert abs(part - total * weight / sum(weights)) < 1


@given(amount=amounts, basis_points=some.integers(min_value=0, max_value=10_000))
def test_a_share_is_never_more_than_the_amount(amount: int, basis_points: int) -> None:
    assert 0 <= share(amount, basis_points) <= amount


def test_two_currencies_do_not_mix() -> None:
    with pytest.raises(ValueError, match="cannot mix"):
        Money(1, "usd") + Money(1, "eur")
    with pytest.raises(ValueError, match="cannot mix"):
        Money(1, "usd") - Money(1, "eur")


@pytest.mark.parametrize("code", ["", "USD", "us$", "us d", "usd1"])
def test_a_currency_is_a_code_in_lower_case(code: str) -> None:
    with pytest.raises(ValueError, match="not a currency code"):
        Money(1, code)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(4990, "usd"), "49.90 USD"),
        (Money(5, "eur"), "0.05 EUR"),
        (Money(-150, "eur"), "-1.50 EUR"),
        (Money(1200, "jpy"), "1200 JPY"),
        (Money(1500, "kwd"), "1.500 KWD"),
    ],
)
def test_money_is_formatted_for_display(money: Money, text: str) -> None:
    assert money.format() == text


@pytest.mark.parametrize(
    ("money", "sent"),
    [
        (Money(1200, "jpy"), 1200),
        (Money(1200, "isk"), 120_000),
        (Money(5000, "ugx"), 500_000),
        (Money(17500, "huf"), 17500),
        (Money(1500, "kwd"), 1500),
        (Money(4990, "usd"), 4990),
        (Money(5000, "mga"), 50),
    ],
)
def test_amounts_are_converted_to_stripe_and_back(money: Money, sent: int) -> None:
    assert to_stripe(money) == sent
    assert from_stripe(sent, money.currency) == money


def test_a_three_decimal_amount_that_does_not_end_in_0_cannot_be_charged() -> None:
    with pytest.raises(ProviderRefused) as refused:
        to_stripe(Money(1501, "kwd"))
    assert refused.value.provider_code == "amount_not_chargeable"


def test_every_listed_currency_has_its_decimals() -> None:
    assert {currency.decimals for currency in CURRENCIES.values()} == {0, 2, 3}
    assert all(len(code) == 3 and code.islower() for code in CURRENCIES)
    assert "xcg" in CURRENCIES
    assert "bgn" not in CURRENCIES


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_the_smallest_and_largest_charge_of_each_currency_can_be_sent_and_read_back(code: str) -> None:
    currency = CURRENCIES[code]
    for minor in (currency.minimum_minor, currency.maximum_minor):
        assert explain_not_chargeable(minor, code) is None
        assert from_stripe(to_stripe(Money(minor, code)), code) == Money(minor, code)
    assert explain_not_chargeable(0, code) is None
    assert str(currency.minimum_minor) in (explain_not_chargeable(currency.step_minor, code) or "")
    assert str(currency.maximum_minor) in (
        explain_not_chargeable(currency.maximum_minor + currency.step_minor, code) or ""
    )


@given(
    code=some.sampled_from(["usd", "kwd", "mga"]),
    units=some.lists(some.integers(min_value=0, max_value=9_999), min_size=1, max_size=8),
    share_of_total=some.integers(min_value=0, max_value=100),
)
def test_parts_are_multiples_of_the_step_and_none_exceeds_its_weight(
    code: str, units: list[int], share_of_total: int
) -> None:
    step = CURRENCIES[code].step_minor
    weights = [unit * step for unit in units]
    total = sum(units) * share_of_total // 100 * step
    parts = split_by_weight(total, weights, step=step)
    assert sum(parts) == total
    assert all(part % step == 0 and part <= weight for part, weight in zip(parts, weights, strict=True))
