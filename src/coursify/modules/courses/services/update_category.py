"""An admin renames or moves a category; its courses follow."""

from __future__ import annotations

from dataclasses import replace

from psycopg.errors import UniqueViolation

from coursify.core import audit, jobs
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.errors import CategoryExists, CategoryNotFound
from coursify.modules.courses.models import Category, CategoryChanges
from coursify.modules.courses.queries import categories


async def update_category(db: Connection, *, caller: Caller, slug: str, changes: CategoryChanges) -> Category:
    """Raises CategoryNotFound, or CategoryExists when the new slug or name is taken."""
    category = await categories.lock_category(db, slug)
    if category is None:
        raise CategoryNotFound
    try:
        updated = await categories.update_category_fields(db, slug, category=replace(category, **changes))
    except UniqueViolation as error:
        raise CategoryExists from error
    if changes.keys() & {"slug", "name"}:
        await jobs.defer(db, "courses.reindex_category", category=updated.slug)
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="category.update",
        target_type="category",
        target_id=updated.audit_id,
        details={"from": slug, "to": updated.slug},
    )
    return updated
