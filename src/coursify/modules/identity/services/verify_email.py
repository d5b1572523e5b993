"""Confirms an email address with the token of its link: the address of a sign-up or of a requested change."""

from __future__ import annotations

from datetime import datetime

from coursify.core import audit, jobs, mail
from coursify.core.crypto import digest
from coursify.core.database import Connection
from coursify.modules.identity.errors import InvalidToken
from coursify.modules.identity.models import OneTimeToken
from coursify.modules.identity.queries import one_time_tokens, sessions
from coursify.modules.notifications.services.revoke_links import revoke_links
from coursify.modules.notifications.services.suppress_address import lift_bounce
from coursify.modules.users.errors import EmailTaken
from coursify.modules.users.models import User, canonical_email
from coursify.modules.users.queries import users


async def verify_email(db: Connection, *, token: str, server_key: bytes, now: datetime) -> User:
    """Raises InvalidToken, EmailTaken. A second use of the same link changes nothing and is no error."""
    token_hash = digest(token)
    known = await one_time_tokens.find_one_time_token(db, token_hash)
    if known is None or known.purpose == "reset_password":
        raise InvalidToken
    user = await users.lock_user(db, known.user_id)
    # Read again: the same link may have been used while this transaction waited for the row.
    found = await one_time_tokens.find_one_time_token(db, token_hash)
    if found and found.used_at and _is_confirmed_by(found, user):
        return user
    used = await one_time_tokens.use_one_time_token(db, token_hash, now=now)
    if used is None:
        raise InvalidToken
    confirmed = await _change(db, used, now=now) if used.new_email else await _confirm(db, used, now=now)
    await lift_bounce(db, server_key=server_key, address=confirmed.email or "")
    await sessions.notify_session_change(db, user.id)
    return confirmed


def _is_confirmed_by(token: OneTimeToken, user: User) -> bool:
    """Whether the user has the address of this link, and it is confirmed."""
    address = canonical_email(token.new_email) if token.new_email else token.email_canonical_at_issue
    return user.is_active and user.is_email_verified and canonical_email(user.email or "") == address


async def _confirm(db: Connection, token: OneTimeToken, *, now: datetime) -> User:
    return await users.mark_email_verified(db, token.user_id, now=now)


async def _change(db: Connection, token: OneTimeToken, *, now: datetime) -> User:
    """Notifies both addresses, and invalidates the links that were sent to the previous one, those in news too.

    A previous address that was never confirmed is not notified.
    """
    before = await users.get_user(db, token.user_id)
    email = token.new_email or ""
    changed = await users.change_email(db, token.user_id, email=email, email_canonical=canonical_email(email), now=now)
    if changed is None:
        raise EmailTaken
    await one_time_tokens.invalidate_tokens(
        db, user_id=token.user_id, purposes=["reset_password", "verify_email"], now=now
    )
    await revoke_links(db, user_id=token.user_id, now=now)
    await jobs.defer(db, "payments.refresh_customer", user_id=token.user_id)
    await audit.record(
        db, actor_id=token.user_id, action="user.email_changed", target_type="user", target_id=token.user_id
    )
    await mail.enqueue_email(db, kind="email_changed", subject_id=token.id, user_id=token.user_id, now=now)
    if before.is_email_verified:
        await mail.enqueue_email(db, kind="email_changed_notice", subject_id=token.id, user_id=token.user_id, now=now)
    return changed
