"""Money: an integer in the smallest unit of its currency. Never a float."""

from __future__ import annotations

from dataclasses import dataclass

from coursify.core.currencies import format_amount

BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit (`minor`) and its ISO 4217 code in lower case."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        # Not only the currencies that we charge: the provider may report the currency of another product.
        if not (self.currency.isascii() and self.currency.isalpha() and self.currency.islower()):
            raise ValueError(f"not a currency code: {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same_currency(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same_currency(other), self.currency)

    def _same_currency(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.minor

    def format(self) -> str:
        """For display: `49.90 EUR`, `1200 JPY`."""
        return format_amount(self.minor, self.currency)


def share(amount_minor: int, basis_points: int) -> int:
    """The share of an amount in basis points, rounded down to whole minor units."""
    return amount_minor * basis_points // BASIS_POINTS


def split_by_weight(total: int, weights: list[int], *, step: int = 1) -> list[int]:
    """Split `total` in proportion to `weights` by largest remainder: the parts sum exactly to `total`.

    Each part is a multiple of `step` when the total and all weights are. No part is larger than its weight when `total`
    is at most their sum.
    """
    weight_sum = sum(weights)
    if weight_sum == 0:
        return [0] * len(weights)
    if step > 1 and not any(amount % step for amount in (total, *weights)):
        units = split_by_weight(total // step, [weight // step for weight in weights])
        return [unit * step for unit in units]
    parts = [total * weight // weight_sum for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % weight_sum))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
