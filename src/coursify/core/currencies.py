"""Every currency that can be charged, with its decimals and the limits of the payment provider.

Sources: ISO 4217 (List One, January 2026) for the decimals; https://docs.stripe.com/currencies for the codes, for how
many decimals its API counts, for the smallest and the largest charge. Where Stripe publishes no minimum, or one that a
conversion to another settlement currency would miss, the table has a higher one. A test compares the table with the
published list and with the stand-in.
"""

from __future__ import annotations

from dataclasses import dataclass

_TWO_DECIMALS = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc cve "
    "czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr jmd kes kgs khr kyd kzt "
    "lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php "
    "pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah usd uyu uzs "
    "wst xcd xcg yer zar zmw"
)
_ZERO_DECIMALS = "bif clp djf gnf isk jpy kmf krw pyg rwf ugx vnd vuv xaf xof xpf"
_THREE_DECIMALS = "bhd jod kwd omr tnd"
_DECIMALS = (
    dict.fromkeys(_TWO_DECIMALS.split(), 2)
    | dict.fromkeys(_ZERO_DECIMALS.split(), 0)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
)
# Stripe counts these differently from ISO: isk and ugx keep two decimals that must be 00, mga has none.
_PROVIDER_DECIMALS = {"isk": 2, "ugx": 2, "mga": 0}
# The last digit of a three-decimal amount must be 0; the hundredths of mga cannot be charged.
_STEPS = {"mga": 100} | dict.fromkeys(_THREE_DECIMALS.split(), 10)
# In minor units.
_MINIMUM = {
    "aed": 200, "czk": 1_500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17_500, "krw": 600, "mga": 5_000,
    "mxn": 1_000, "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1_000, "ugx": 2_000,
} | dict.fromkeys(_THREE_DECIMALS.split(), 150)  # fmt: skip
_USUAL_MINIMUM = 50
# How many digits an amount may have at Stripe, by any payment method.
_DIGITS = {"idr": 12, "cop": 10, "inr": 9}
_USUAL_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency by its ISO 4217 code in lower case; amounts are in its smallest unit ("minor units").

    `provider_decimals`: how many decimals the payment provider counts. Only multiples of `step_minor` between
    `minimum_minor` and `maximum_minor` can be charged, and only multiples of it can be refunded.
    """

    code: str
    decimals: int
    provider_decimals: int
    step_minor: int
    minimum_minor: int
    maximum_minor: int


def _make(code: str, decimals: int) -> Currency:
    provider_decimals = _PROVIDER_DECIMALS.get(code, decimals)
    step = _STEPS.get(code, 1)
    largest = (10 ** _DIGITS.get(code, _USUAL_DIGITS) - 1) * 10**decimals // 10**provider_decimals
    return Currency(
        code=code,
        decimals=decimals,
        provider_decimals=provider_decimals,
        step_minor=step,
        minimum_minor=_MINIMUM.get(code, _USUAL_MINIMUM),
        maximum_minor=largest - largest % step,
    )


CURRENCIES: dict[str, Currency] = {code: _make(code, decimals) for code, decimals in sorted(_DECIMALS.items())}
# The largest amount of any currency: the limit of an amount whose currency is not known yet.
LARGEST_MINOR = max(currency.maximum_minor for currency in CURRENCIES.values())


def decimal_amount(minor: int, code: str) -> str:
    """In the currency's main unit: `49.90`, `1200`. A currency that is not in the table has no decimals."""
    decimals = CURRENCIES[code].decimals if code in CURRENCIES else 0
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**decimals)
    fraction = f".{part:0{decimals}d}" if decimals else ""
    return f"{sign}{whole}{fraction}"


def format_amount(minor: int, code: str) -> str:
    """For display: `49.90 EUR`, `1200 JPY`."""
    return f"{decimal_amount(minor, code)} {code.upper()}"


def explain_not_chargeable(minor: int, code: str) -> str | None:
    """Why this amount cannot be charged, as a sentence with the limit. None for 0 and for a valid amount."""
    currency = CURRENCIES[code]
    if minor == 0:
        return None
    if minor < currency.minimum_minor:
        least = currency.minimum_minor
        return f"must be 0 or at least {least} ({format_amount(least, code)}), the smallest charge"
    if minor > currency.maximum_minor:
        most = currency.maximum_minor
        return f"must be at most {most} ({format_amount(most, code)}), the largest charge"
    if minor % currency.step_minor:
        return f"must be a multiple of {currency.step_minor}: {code} is charged in steps of that size"
    return None
