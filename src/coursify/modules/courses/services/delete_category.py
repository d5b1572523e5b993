"""An admin deletes a category that has no courses; deleted courses do not count."""

from __future__ import annotations

from psycopg.errors import ForeignKeyViolation

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.errors import CategoryInUse, CategoryNotFound
from coursify.modules.courses.queries import categories


async def delete_category(db: Connection, *, caller: Caller, slug: str) -> None:
    """Raises CategoryNotFound, or CategoryInUse while a course of any status is in it."""
    category = await categories.lock_category(db, slug)
    if category is None:
        raise CategoryNotFound
    await categories.clear_category_of_deleted_courses(db, slug)
    try:
        await categories.delete_category(db, slug)
    except ForeignKeyViolation as error:
        raise CategoryInUse from error
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="category.delete",
        target_type="category",
        target_id=category.audit_id,
        details={"slug": slug},
    )
