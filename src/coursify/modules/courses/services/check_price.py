"""A course has a price that the payment provider can charge, or none."""

from __future__ import annotations

from coursify.core.currencies import explain_not_chargeable
from coursify.modules.courses.errors import PriceNotChargeable


def check_price(price_minor: int | None, currency: str) -> None:
    """Raises PriceNotChargeable with the limit, in the currency's smallest unit; 0 is free, None is no price yet."""
    reason = None if price_minor is None else explain_not_chargeable(price_minor, currency)
    if reason is not None:
        raise PriceNotChargeable(details=[{"field": "price", "message": reason}])
