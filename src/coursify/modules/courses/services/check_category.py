"""Checks that a category exists, and locks it until the course is stored."""

from __future__ import annotations

from coursify.core.database import Connection
from coursify.modules.courses.errors import UnknownCategory
from coursify.modules.courses.queries import categories


async def check_category(db: Connection, category: str | None) -> None:
    """Raises UnknownCategory; None is no category and always right."""
    if category is not None and await categories.hold_category(db, category) is None:
        raise UnknownCategory(details=[{"field": "category", "message": UnknownCategory.message}])
