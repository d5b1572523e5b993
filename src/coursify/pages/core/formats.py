"""Numbers, amounts and times as people write them, in English. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from coursify.core.currencies import CURRENCIES

_SYMBOLS = {
    "aud": "A$", "brl": "R$", "cad": "CA$", "cny": "CN¥", "eur": "€", "gbp": "£", "hkd": "HK$", "ils": "₪",
    "inr": "₹", "jpy": "¥", "krw": "₩", "mxn": "MX$", "ngn": "₦", "nzd": "NZ$", "php": "₱", "thb": "฿",
    "try": "₺", "twd": "NT$", "uah": "₴", "usd": "$", "vnd": "₫",
}  # fmt: skip
MINUS = "−"


def amount(minor: int, currency: str) -> str:
    """`$1,234.50`, `−€0.90`, `¥1,200`; a currency without a sign of its own by its code: `CHF 12.00`."""
    decimals = CURRENCIES[currency].decimals if currency in CURRENCIES else 0
    whole, part = divmod(abs(minor), 10**decimals)
    fraction = f".{part:0{decimals}d}" if decimals else ""
    symbol = _SYMBOLS.get(currency, f"{currency.upper()}\N{NO-BREAK SPACE}")
    return f"{MINUS if minor < 0 else ''}{symbol}{whole:,}{fraction}"


def short_amount(minor: int, currency: str) -> str:
    """As `amount`, without a fraction of zero: `$1,200`, `$0.50`."""
    whole = amount(minor, currency)
    head, dot, fraction = whole.rpartition(".")
    return head if dot and not fraction.strip("0") else whole


def number(value: float) -> str:
    """`12,345`, or with one decimal when it is not whole."""
    text = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return text.replace("-", MINUS)


def percent(value: float) -> str:
    """`12 %` of a share between 0 and 1."""
    return f"{value * 100:.0f}\N{NO-BREAK SPACE}%"


def change(value: int, before: int) -> str:
    """How a figure compares with the one before: `+12 %`, `−3 %`, `no change`, `new`."""
    if value == before:
        return "no change"
    if before == 0:
        return "new"
    share = (value - before) / abs(before) * 100
    rounded = f"{abs(share):.0f}" if abs(share) >= 1 else "<1"
    return f"{'+' if share > 0 else MINUS}{rounded}\N{NO-BREAK SPACE}%"


def moment(at: datetime, zone: str) -> str:
    """`26 Nov 2026, 17:05` in the reader's zone."""
    return _local(at, zone).strftime("%-d %b %Y, %H:%M")


def day(on: date | datetime, zone: str = "UTC") -> str:
    """`26 Nov 2026`; a moment in the reader's zone."""
    return (_local(on, zone) if isinstance(on, datetime) else on).strftime("%-d %b %Y")


def ago(at: datetime, now: datetime) -> str:
    """`3 minutes ago`, `2 days ago`."""
    passed = now - at
    for unit, length in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
        if count := passed // length:
            return f"{count} {unit}{'' if count == 1 else 's'} ago" if count > 0 else "just now"
    return "just now"


def duration(seconds: float) -> str:
    """`45 s`, `12 min`, `3 h 5 min`."""
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def byte_size(count: int) -> str:
    """`1.4 MB`."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _local(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return at.astimezone(UTC)
