"""What Stripe demands of an amount in each currency, in the units that its API counts in."""

from stripe_standin.errors import StripeError

# fmt: off
ZERO_DECIMAL = frozenset([
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
])
# fmt: on
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
# Zero-decimal currencies that the API still counts in hundredths: the last two digits must be 00.
COUNTED_IN_HUNDREDTHS = frozenset(["isk", "ugx"])
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
CURRENCIES = ZERO_DECIMAL | THREE_DECIMAL | COUNTED_IN_HUNDREDTHS | TWO_DECIMAL

# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, read in 2026. What is not listed there is 50
# hundredths, 50 whole units of a currency without decimals, or 150 thousandths. The published 50 krw would not survive
# the conversion to most settlement currencies, so the least here is 500.
MINIMUM = {
    "aed": 200, "czk": 1500, "dkk": 250, "gbp": 30, "hkd": 400, "huf": 17500, "isk": 5000, "krw": 500, "mxn": 1000,
    "myr": 200, "nok": 300, "pln": 200, "ron": 200, "sek": 300, "thb": 1000, "ugx": 5000,
} | dict.fromkeys(THREE_DECIMAL, 150)  # fmt: skip
USUAL_MINIMUM = 50
# How many digits an amount may have, by any payment method.
DIGITS = {"idr": 12, "cop": 10, "inr": 9}
USUAL_DIGITS = 8
WHOLE_UNIT = (1, 10, 100, 1000)
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def check_currency(currency: str) -> str:
    """The currency in lower case, or Stripe's refusal of one that it does not know."""
    folded = currency.lower()
    if folded not in CURRENCIES:
        known = ", ".join(sorted(CURRENCIES))
        message = f"Invalid currency: {currency}. Stripe currently supports these currencies: {known}"
        raise StripeError(message, param="currency")
    return folded


def check_charge_amount(amount: int, currency: str, *, param: str = "amount") -> None:
    """Refuse what Stripe would not charge: too small, too large, or finer than the currency's coins."""
    if amount < minimum_charge(currency):
        message = f"Amount must be at least {display(minimum_charge(currency), currency)}"
        raise StripeError(message, code="amount_too_small", param=param)
    if amount > maximum_charge(currency):
        message = f"Amount must be no more than {display(maximum_charge(currency), currency)}"
        raise StripeError(message, code="amount_too_large", param=param)
    check_step(amount, currency, param=param)


def check_step(amount: int, currency: str, *, param: str = "amount") -> None:
    """Refuse an amount that is finer than the currency's coins."""
    if amount % step(currency):
        message = f"Invalid amount: {amount}. Amounts in {currency} must be divisible by {step(currency)}."
        raise StripeError(message, code="parameter_invalid_integer", param=param)


def minimum_charge(currency: str) -> int:
    """The smallest charge, in API units."""
    return MINIMUM.get(currency, USUAL_MINIMUM)


def maximum_charge(currency: str) -> int:
    """The largest charge, in API units: as many nines as the amount may have digits."""
    return int(10 ** DIGITS.get(currency, USUAL_DIGITS)) - 1


def step(currency: str) -> int:
    """The smallest difference between two amounts of a currency, in API units."""
    if currency in COUNTED_IN_HUNDREDTHS:
        return 100
    return 10 if currency in THREE_DECIMAL else 1


def decimals(currency: str) -> int:
    """How many of an amount's digits stand behind the point."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def fee_for(amount: int, currency: str) -> int:
    """What the stand-in takes of a charge: 2.9 % and 30 hundredths of a unit, rounded half up to the coin."""
    coin = step(currency)
    fixed = 30 * WHOLE_UNIT[decimals(currency)] // 100
    exact_thousandths = amount * 29 + fixed * 1000
    return (exact_thousandths + coin * 500) // (coin * 1000) * coin


def display(amount: int, currency: str) -> str:
    """An amount for people, such as `10.50 usd`."""
    places = decimals(currency)
    if places == 0:
        return f"{amount:,} {currency}"
    whole, rest = divmod(amount, WHOLE_UNIT[places])
    return f"{whole:,}.{rest:0{places}} {currency}"


def display_priced(amount: int, currency: str) -> str:
    """An amount as Stripe's messages about refunds write it: `$10.50`, `CHF 10.50`."""
    number = display(amount, currency).removesuffix(f" {currency}")
    return f"{SIGNS[currency]}{number}" if currency in SIGNS else f"{currency.upper()} {number}"
