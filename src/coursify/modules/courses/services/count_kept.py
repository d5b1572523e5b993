"""How many courses have some filters, as the last count of a large catalogue found it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from coursify.core.database import Connection
from coursify.modules.courses.queries import facets


async def count_kept(db: Connection, *, filters: Mapping[str, Any]) -> int:
    """0 where no counts are kept: in a small catalogue, and for filters that they do not know."""
    return await facets.count_kept(db, filters=dict(filters)) if are_kept(filters) else 0


def are_kept(filters: Mapping[str, Any]) -> bool:
    """Kept counts know free from paid, and ratings by halves."""
    return (
        filters.keys() <= facets.KEPT
        and filters.get("min_price", 1) in {0, 1}
        and filters.get("max_price", 0) == 0
        and Decimal(filters.get("min_rating", 0)) % Decimal("0.5") == 0
    )
