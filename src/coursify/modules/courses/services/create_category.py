"""An admin creates a category."""

from __future__ import annotations

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.errors import CategoryExists
from coursify.modules.courses.models import Category
from coursify.modules.courses.queries import categories


async def create_category(db: Connection, *, caller: Caller, slug: str, name: str, position: int) -> Category:
    """Raises CategoryExists when the slug or the name is taken."""
    category = await categories.insert_category(db, slug=slug, name=name, position=position)
    if category is None:
        raise CategoryExists
    await audit.record(
        db,
        actor_id=caller.user_id,
        action="category.create",
        target_type="category",
        target_id=category.audit_id,
        details={"slug": slug},
    )
    return category
