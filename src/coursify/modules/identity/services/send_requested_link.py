"""Sends a requested link to the user who has the email address, at most five times an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from coursify.core import mail
from coursify.core.crypto import Sealer
from coursify.core.database import Connection
from coursify.modules.identity.models import MAX_EMAILS_PER_HOUR
from coursify.modules.identity.queries import one_time_tokens
from coursify.modules.identity.sealing import LINK_ADDRESS
from coursify.modules.identity.services.issue_token import issue_token
from coursify.modules.users.queries import users


async def send_requested_link(
    db: Connection, *, request_id: UUID, sealer: Sealer, server_key: bytes, now: datetime
) -> None:
    """Does nothing if no active user has the address, or if the address to confirm is confirmed already."""
    request = await one_time_tokens.delete_link_request(db, request_id)
    if request is None:
        return
    email = sealer.open(request.address, associated_data=LINK_ADDRESS.for_row(request_id)).decode()
    found = await users.find_user_by_email(db, email)
    if found is None:
        return
    user = await users.lock_user(db, found.id)
    if not user.is_active:
        return
    if request.purpose == "verify_email" and user.is_email_verified:
        return
    since = now - timedelta(hours=1)
    sent = await one_time_tokens.count_tokens_since(db, user_id=user.id, purpose=request.purpose, since=since)
    if sent >= MAX_EMAILS_PER_HOUR:
        return
    token_id = await issue_token(db, user=user, purpose=request.purpose, server_key=server_key, now=now)
    await mail.enqueue_email(db, kind=request.purpose, subject_id=token_id, user_id=user.id, now=now)
