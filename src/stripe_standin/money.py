"""Stripe's rules for amounts in each currency, in the units of its API."""

from __future__ import annotations

from stripe_standin.errors import StripeError

# fmt: off
ZERO_DECIMAL = frozenset([
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
])
# fmt: on
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
# Zero-decimal currencies that the API represents in hundredths: the last two digits must be 00.
ZERO_DECIMAL_IN_HUNDREDTHS = frozenset(["isk", "ugx"])
# fmt: off
TWO_DECIMAL = frozenset([
    "usd", "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt", "bmd", "bnd",
    "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "cny", "cop", "crc", "cve", "czk", "dkk", "dop",
    "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp", "gel", "gip", "gmd", "gtq", "gyd", "hkd", "hnl", "htg", "huf",
    "idr", "ils", "inr", "jmd", "kes", "kgs", "khr", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl",
    "mkd", "mmk", "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok", "npr", "nzd",
    "pab", "pen", "pgk", "php", "pkr", "pln", "qar", "ron", "rsd", "rub", "sar", "sbd", "scr", "sek", "sgd", "shp",
    "sle", "sos", "srd", "std", "szl", "thb", "tjs", "top", "try", "ttd", "twd", "tzs", "uah", "uyu", "uzs", "wst",
    "xcd", "xcg", "yer", "zar", "zmw",
])
# fmt: on
CURRENCIES = ZERO_DECIMAL | THREE_DECIMAL | ZERO_DECIMAL_IN_HUNDREDTHS | TWO_DECIMAL

# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, as of 2026. Other currencies have a minimum of
# 50 hundredths, of 50 in a currency without decimals, or of 150 thousandths. The published 50 krw is too small to
# convert to most settlement currencies, so the minimum here is 500.
MINIMUM = {
    "aed": 200, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "isk": 5000, "krw": 500, "mxn": 1000,
    "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000, "ugx": 5000,
} | dict.fromkeys(THREE_DECIMAL, 150)  # fmt: skip
DEFAULT_MINIMUM = 50
# The maximum number of digits of an amount, over all payment methods.
DIGITS = {"idr": 12, "cop": 10, "inr": 9}
DEFAULT_DIGITS = 8
WHOLE_UNIT = (1, 10, 100, 1000)
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def check_currency(currency: str) -> str:
    """The currency in lower case; rejects an unknown one."""
    lower = currency.lower()
    if lower not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        message = f"Invalid currency: {currency}. Stripe currently supports these currencies: {known}"
        raise StripeError(message, param="currency")
    return lower


def check_charge_amount(amount: int, currency: str, *, param: str = "amount") -> None:
    """Reject an amount that is too small, too large, or not a multiple of the currency's step."""
    if amount < minimum_charge(currency):
        message = f"Amount must be at least {format_amount(minimum_charge(currency), currency)}"
        raise StripeError(message, code="amount_too_small", param=param)
    if amount > maximum_charge(currency):
        message = f"Amount must be no more than {format_amount(maximum_charge(currency), currency)}"
        raise StripeError(message, code="amount_too_large", param=param)
    check_step(amount, currency, param=param)


def check_step(amount: int, currency: str, *, param: str = "amount") -> None:
    """Reject an amount that is not a multiple of the currency's step."""
    if amount % step(currency):
        message = f"Invalid amount: {amount}. Amounts in {currency} must be divisible by {step(currency)}."
        raise StripeError(message, code="parameter_invalid_integer", param=param)


def minimum_charge(currency: str) -> int:
    """The smallest charge, in API units."""
    return MINIMUM.get(currency, DEFAULT_MINIMUM)


def maximum_charge(currency: str) -> int:
    """The largest charge, in API units: the largest number with the maximum number of digits."""
    return int(10 ** DIGITS.get(currency, DEFAULT_DIGITS)) - 1


def step(currency: str) -> int:
    """The smallest difference between two amounts of a currency, in API units."""
    if currency in ZERO_DECIMAL_IN_HUNDREDTHS:
        return 100
    return 10 if currency in THREE_DECIMAL else 1


def decimals(currency: str) -> int:
    """The number of digits after the decimal point."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def fee_for(amount: int, currency: str) -> int:
    """The fee of a charge: 2.9 % and 0.30, rounded half up to the currency's step."""
    unit = step(currency)
    fixed = 30 * WHOLE_UNIT[decimals(currency)] // 100
    exact_thousandths = amount * 29 + fixed * 1000
    return (exact_thousandths + unit * 500) // (unit * 1000) * unit


def format_amount(amount: int, currency: str) -> str:
    """Format an amount, such as `10.50 usd`."""
    places = decimals(currency)
    if places == 0:
        return f"{amount:,} {currency}"
    whole, rest = divmod(amount, WHOLE_UNIT[places])
    return f"{whole:,}.{rest:0{places}} {currency}"


def format_price(amount: int, currency: str) -> str:
    """Format an amount as in Stripe's messages about refunds: `$10.50`, `CHF 10.50`."""
    number = format_amount(amount, currency).removesuffix(f" {currency}")
    return f"{SIGNS[currency]}{number}" if currency in SIGNS else f"{currency.upper()} {number}"
