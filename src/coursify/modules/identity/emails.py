"""The emails of this module. Each is composed when it is sent, from the rows as they are then."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.mail import EmailComposer, render_email
from coursify.core.mailer import Email
from coursify.core.resources import CoreResources
from coursify.modules.identity.models import EventKind, OneTimeToken
from coursify.modules.identity.queries import one_time_tokens, security_events
from coursify.modules.identity.tokens import one_time_token
from coursify.modules.users.models import User
from coursify.modules.users.queries import users

_RESET = "If this was not you, reset your password now: that ends every sign-in."
_NOTICES: dict[EventKind, tuple[str, str, str]] = {
    "new_device": (
        "A new sign-in to your account",
        "someone signed in to your account from a device that we had not seen before.",
        _RESET,
    ),
    "password_changed": (
        "Your password was changed",
        "the password of your account was changed. All other sign-ins have ended.",
        _RESET,
    ),
    "password_reset": (
        "Your password was reset",
        "the password of your account was set anew by the link we sent you. All sign-ins have ended.",
        "If this was not you, someone reads your mail: secure your mailbox first, then reset the password again.",
    ),
    "token_reused": (
        "We ended a sign-in to your account",
        "a spent sign-in token of your account was used again. Someone may have copied it, so we ended that sign-in.",
        "Sign in again. If you do not know why this happened, change your password.",
    ),
    "second_factor_enabled": (
        "Two-factor sign-in is on",
        "your account now asks for a code at sign-in. Keep your recovery codes in a safe place.",
        _RESET,
    ),
    "second_factor_disabled": (
        "Two-factor sign-in is off",
        "your account no longer asks for a code at sign-in, and its recovery codes are gone.",
        _RESET,
    ),
    "recovery_code_used": (
        "A recovery code was used",
        "someone signed in to your account with one of its recovery codes. That code counts no more.",
        _RESET,
    ),
}


async def compose_welcome(db: Connection, resources: CoreResources, user_id: UUID) -> Email | None:
    """Hello, and the link that confirms the address unless that has happened meanwhile."""
    user = await users.find_user(db, user_id)
    if user is None or user.email is None:
        return None
    token_id = await one_time_tokens.find_live_token_id(db, user_id=user_id, purpose="verify_email")
    link = _link(resources, "verify-email", token_id) if token_id and not user.is_email_verified else None
    return _email(user, "welcome", "Welcome to Coursify", link=link)


async def compose_verify_email(db: Connection, resources: CoreResources, token_id: UUID) -> Email | None:
    return await _compose_link(
        db,
        resources,
        token_id,
        page="verify-email",
        subject="Confirm your address",
        sentence="please confirm that this is your address. The link works for three days.",
        button="Confirm my address",
    )


async def compose_reset_password(db: Connection, resources: CoreResources, token_id: UUID) -> Email | None:
    return await _compose_link(
        db,
        resources,
        token_id,
        page="reset-password",
        subject="Reset your password",
        sentence="with this link you choose a new password. It works once, for 20 minutes.",
        button="Choose a new password",
    )


async def compose_confirm_email(db: Connection, resources: CoreResources, token_id: UUID) -> Email | None:
    """To the new address, which counts once the link is used."""
    return await _compose_link(
        db,
        resources,
        token_id,
        page="verify-email",
        subject="Confirm your new address",
        sentence="please confirm that your account shall use this address. The link works for 24 hours.",
        button="Use this address",
    )


async def compose_email_change_requested(db: Connection, _resources: CoreResources, token_id: UUID) -> Email | None:
    """To the address that still counts."""
    user, token = await _token_and_user(db, token_id)
    if user is None or token is None or not token.is_open:
        return None
    return _notice(
        user,
        "A change of your address was asked for",
        "someone who knows your password asked to use another address for your account. "
        "It counts once the link that we sent there is used.",
        "If this was not you, change your password now: that stops it.",
    )


async def compose_email_changed(db: Connection, _resources: CoreResources, token_id: UUID) -> Email | None:
    user, token = await _token_and_user(db, token_id)
    if user is None or token is None:
        return None
    return _notice(
        user, "Your address is changed", "from now on your account uses this address.", "You sign in with it."
    )


async def compose_email_changed_notice(db: Connection, _resources: CoreResources, token_id: UUID) -> Email | None:
    """To the address that counted until now: the only email that does not go to the stored one."""
    user, token = await _token_and_user(db, token_id)
    if user is None or token is None:
        return None
    return _notice(
        user,
        "Your address is changed",
        "your account uses another address from now on. This is the last email to this one.",
        "If this was not you, write to us at once.",
        to=token.email_canonical_at_issue,
    )


async def compose_notice(db: Connection, _resources: CoreResources, event_id: UUID) -> Email | None:
    """What happened to the account, to its owner."""
    event = await security_events.find_security_event(db, event_id)
    user = await users.find_user(db, event.user_id) if event else None
    if event is None or user is None or user.email is None:
        return None
    return _notice(user, *_NOTICES[event.kind])


EMAILS: dict[str, EmailComposer] = {
    "welcome": compose_welcome,
    "verify_email": compose_verify_email,
    "reset_password": compose_reset_password,
    "confirm_email": compose_confirm_email,
    "email_change_requested": compose_email_change_requested,
    "email_changed": compose_email_changed,
    "email_changed_notice": compose_email_changed_notice,
    **dict.fromkeys(_NOTICES, compose_notice),
}


async def _compose_link(
    db: Connection, resources: CoreResources, token_id: UUID, *, page: str, subject: str, sentence: str, button: str
) -> Email | None:
    """A link that was used or replaced meanwhile is not sent any more."""
    user, token = await _token_and_user(db, token_id)
    if user is None or token is None or not token.is_open:
        return None
    link = _link(resources, page, token_id)
    return _email(user, "account_link", subject, to=token.new_email, sentence=sentence, button=button, link=link)


async def _token_and_user(db: Connection, token_id: UUID) -> tuple[User | None, OneTimeToken | None]:
    token = await one_time_tokens.find_one_time_token_by_id(db, token_id)
    user = await users.find_user(db, token.user_id) if token else None
    return (user if user and user.email else None), token


def _link(resources: CoreResources, page: str, token_id: UUID) -> str:
    """From the configured origin, never from a request's headers; opening it changes nothing."""
    token = one_time_token(resources.settings.keys.server_key, token_id)
    return f"{resources.settings.app.public_url}/{page}?token={token}"


def _notice(user: User, subject: str, sentence: str, advice: str, *, to: str | None = None) -> Email:
    return _email(user, "account_notice", subject, to=to, sentence=sentence, advice=advice)


def _email(user: User, template: str, subject: str, *, to: str | None = None, **context: object) -> Email:
    text, html = render_email(template, name=user.display_name, subject=subject, **context)
    return Email(key="", to=to or user.email or "", to_name=user.display_name, subject=subject, text=text, html=html)
