"""What runs later for people and their sign-ins."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.jobs import Tools
from coursify.modules.users import queries
from coursify.modules.users.services.answer_link_request import answer_link_request

BATCH = 1_000


async def send_link(tools: Tools, request_id: str) -> None:
    """Answer one request for a link; running it twice sends one letter, because the request is gone then."""
    keys = tools.settings.keys
    async with tools.database.transaction() as (db, now):
        await answer_link_request(
            db,
            request_id=UUID(request_id),
            sealer=Sealer(keys.encryption_keys),
            server_key=keys.server_key,
            now=now,
        )


async def forget_old(tools: Tools) -> None:
    """Sessions that ended a month ago, a batch a transaction, and links that nobody used."""
    async with tools.database.transaction() as (db, now):
        await queries.delete_old_tokens(db, now=now)
    gone = BATCH
    while gone == BATCH and not tools.deadline.has_passed:
        async with tools.database.transaction() as (db, now):
            gone = await queries.delete_old_sessions(db, limit=BATCH, now=now)
