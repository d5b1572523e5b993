"""Money: an integer in a currency's smallest unit, beside the currency. No floats, ever."""

from __future__ import annotations

from dataclasses import dataclass

BASIS_POINTS = 10_000

# Decimal places by ISO 4217 for the currencies that can be charged; every other listed one has two.
_ZERO_DECIMAL = "bif clp djf gnf isk jpy kmf krw pyg rwf ugx vnd vuv xaf xof xpf"
_THREE_DECIMAL = "bhd jod kwd omr tnd"
_TWO_DECIMAL = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny "
    "cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd "
    "kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio "
    "nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs "
    "top try ttd twd tzs uah usd uyu uzs wst xcd yer zar zmw"
)
DECIMALS: dict[str, int] = (
    dict.fromkeys(_TWO_DECIMAL.split(), 2)
    | dict.fromkeys(_ZERO_DECIMAL.split(), 0)
    | dict.fromkeys(_THREE_DECIMAL.split(), 3)
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the currency's smallest unit (`minor`) and its ISO 4217 code in lower case."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in DECIMALS:
            raise ValueError(f"unknown currency {self.currency!r}")

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same_currency(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same_currency(other), self.currency)

    def _same_currency(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.minor

    def format(self) -> str:
        """For people to read: `49.90 EUR`, `1200 JPY`."""
        decimals = DECIMALS[self.currency]
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**decimals)
        fraction = f".{part:0{decimals}d}" if decimals else ""
        return f"{sign}{whole}{fraction} {self.currency.upper()}"


def share(amount_minor: int, basis_points: int) -> int:
    """The part of an amount that basis points give, rounded down in whole minor units."""
    return amount_minor * basis_points // BASIS_POINTS


def split_by_weight(total: int, weights: list[int]) -> list[int]:
    """Split `total` in proportion to `weights` by largest remainder: the parts sum exactly to `total`."""
    weight_sum = sum(weights)
    if weight_sum == 0:
        return [0] * len(weights)
    parts = [total * weight // weight_sum for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: -(total * weights[index] % weight_sum))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
