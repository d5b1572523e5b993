"""Either side appeals against the decision about a notice: once, within six months."""

from __future__ import annotations

from datetime import datetime

from coursify.core import audit
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.attention.services.flag import flag
from coursify.modules.notices import emails, policies, queries
from coursify.modules.notices.models import Notice
from coursify.modules.notices.services.identify_side import identify_side


async def appeal_decision(
    db: Connection,
    *,
    caller: Caller | None,
    reference: str,
    token: str | None,
    text: str,
    server_key: bytes,
    now: datetime,
) -> Notice:
    """Raises NoticeNotFound for who is on neither side, NoticeNotDecided, AlreadyAppealed, AppealTooLate."""
    found, side = await identify_side(db, caller=caller, reference=reference, token=token, server_key=server_key)
    await queries.lock_notice(db, found.id)
    notice = await queries.get_notice(db, found.id)
    policies.require_appealable(notice, now)
    await queries.mark_appealed(db, notice.id, side=side, appeal=text, now=now)
    why = f"An appeal against the decision about notice {notice.reference} waits."
    await flag(db, kind="notice_open", object_type="notice", object_id=notice.id, why=why, now=now)
    await audit.record(
        db,
        actor_id=caller.user_id if caller else None,
        action="notice.appeal",
        target_type="notice",
        target_id=notice.id,
        details={"side": side, "reference": notice.reference},
    )
    await emails.post_appealed(db, notice=notice, side=side, now=now)
    return await queries.get_notice(db, notice.id)
