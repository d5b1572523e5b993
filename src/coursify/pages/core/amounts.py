"""An amount as people type it, as minor units: exact, or refused where it could mean two amounts. Pure."""

from __future__ import annotations

import re

from coursify.core.currencies import CURRENCIES, LARGEST_MINOR

_PLAIN = re.compile(r"(?P<whole>[0-9]{1,15})(?:[.,](?P<part>[0-9]{1,3}))?", re.ASCII)
# 1,234.50 and 1.234,50: the sign between the thousands is not the one before the decimals.
_GROUPED = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:(?P<group>[., \u00a0\u202f'])[0-9]{3})+)(?:(?!(?P=group))[.,](?P<part>[0-9]{1,3}))?",
    re.ASCII,
)


def read_amount(text: str, currency: str) -> int:
    """`49`, `49.90`, `49,90`, `1,234.50`. Raises ValueError with a sentence part that fits behind the label."""
    decimals = CURRENCIES[currency].decimals if currency in CURRENCIES else 0
    typed = text.strip()
    plain, grouped = _PLAIN.fullmatch(typed), _GROUPED.fullmatch(typed)
    is_ours = decimals == 3 and "." in typed
    if plain and grouped and decimals and not is_ours:
        # `1,234` is one thousand to some readers and one to others. `1.234` is how we write three decimals.
        raise ValueError(f"could mean two amounts; write it as {_example(decimals)}")
    found = plain if plain and is_ours else grouped or plain
    if found is None:
        raise ValueError(f"must be an amount such as {_example(decimals)}")
    part = found["part"] or ""
    if len(part) > decimals:
        most = "no decimals" if decimals == 0 else f"at most {decimals} decimals"
        raise ValueError(f"must have {most} in {currency.upper()}")
    minor = int(re.sub(r"[^0-9]", "", found["whole"]) + part.ljust(decimals, "0"))
    if minor > LARGEST_MINOR:
        raise ValueError("is too large")
    return minor


def write_amount(minor: int, currency: str) -> str:
    """As it is typed: `1234.50`."""
    decimals = CURRENCIES[currency].decimals if currency in CURRENCIES else 0
    whole, part = divmod(minor, 10**decimals)
    return f"{whole}.{part:0{decimals}d}" if decimals else str(whole)


def _example(decimals: int) -> str:
    return "1234" if decimals == 0 else f"1234.{'5'.ljust(decimals, '0')}"
