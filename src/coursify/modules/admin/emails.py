"""The daily email about the work list."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.mailer import Email
from coursify.core.resources import CoreResources
from coursify.modules.attention import queries as attention
from coursify.modules.users.queries import users

DIGEST = "attention_digest"
SHOWN = 50


async def send_digest(db: Connection, *, admin_id: UUID, now: datetime) -> None:
    """Once a day and admin."""
    await mail.enqueue_email(
        db, kind=DIGEST, subject_id=admin_id, user_id=admin_id, occurrence=int(now.strftime("%Y%m%d")), now=now
    )


async def compose_digest(db: Connection, resources: CoreResources, admin_id: UUID) -> Email | None:
    """Every open item, up to fifty; None for someone who is no admin any more, or when nothing is left to do."""
    admin = await users.find_user(db, admin_id)
    items = await attention.list_items(db, is_open=True, kind=None, limit=SHOWN, offset=0, before=None)
    if admin is None or admin.role != "admin" or not admin.is_active or not items:
        return None
    total = sum(row.count for row in await attention.count_open_by_kind(db))
    text, html = mail.render_email(
        DIGEST,
        name=admin.name or "",
        items=items,
        total=total,
        url=f"{resources.settings.app.public_url}/admin/attention",
    )
    noun = "item needs" if total == 1 else "items need"
    return Email(
        to=admin.email or "", to_name=admin.name or "", subject=f"{total} {noun} your attention", text=text, html=html
    )
