"""Finds a notice for one of its two sides: by who is signed in, or by the token of an email."""

from __future__ import annotations

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.notices import policies, queries
from coursify.modules.notices.errors import NoticeNotFound
from coursify.modules.notices.models import Notice
from coursify.modules.notices.tokens import Side, side_of_token


async def identify_side(
    db: Connection, *, caller: Caller | None, reference: str, token: str | None, server_key: bytes
) -> tuple[Notice, Side]:
    """Raises NoticeNotFound for anyone else."""
    notice_id = await queries.find_notice_id(db, reference)
    if notice_id is None:
        raise NoticeNotFound
    notice = await queries.get_notice(db, notice_id)
    side = side_of_token(server_key, notice.id, token) if token else None
    if side is None and caller is not None:
        side = policies.side_of(notice, caller.user_id)
    if side is None:
        raise NoticeNotFound
    return notice, side
