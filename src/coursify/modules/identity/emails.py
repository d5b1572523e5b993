"""The emails of this module. Each is composed when it is sent, from the rows as they are at that time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.core.devices import name_device
from coursify.core.mail import EmailComposer, render_email
from coursify.core.mailer import Email
from coursify.core.page_urls import page_url
from coursify.core.resources import CoreResources
from coursify.modules.identity.models import EventKind, OneTimeToken
from coursify.modules.identity.queries import one_time_tokens, security_events
from coursify.modules.identity.tokens import one_time_token
from coursify.modules.users.models import User
from coursify.modules.users.queries import users

_RESET = "If this was not you, choose a new password now. This ends every session."
# Subject, sentence and advice.
_NOTICES: dict[EventKind, tuple[str, str, str]] = {
    "new_device": (
        "New sign-in to your account",
        "Someone signed in to your account from a new device.",
        _RESET,
    ),
    "password_changed": (
        "Your password was changed",
        "The password of your account was changed. All other sessions have ended.",
        _RESET,
    ),
    "password_reset": (
        "Your password was reset",
        "The password of your account was reset with a link that we sent to this address. All sessions have ended.",
        "If this was not you, someone else can read your email. Secure your mailbox, then choose a new password.",
    ),
    "token_reused": (
        "We ended a session of your account",
        "A used sign-in token of your account was sent again. It may have been copied, so we ended its session.",
        "If you did not expect this, choose a new password now. This ends every session.",
    ),
    "second_factor_enabled": (
        "Two-factor authentication was enabled",
        "Signing in to your account now requires a code. Keep your recovery codes in a safe place.",
        _RESET,
    ),
    "second_factor_disabled": (
        "Two-factor authentication was disabled",
        "Signing in to your account no longer requires a code. Your recovery codes were deleted.",
        _RESET,
    ),
    "recovery_code_used": (
        "A recovery code was used",
        "Someone used one of the recovery codes of your account. It cannot be used again.",
        _RESET,
    ),
}


async def compose_welcome(db: Connection, resources: CoreResources, user_id: UUID) -> Email | None:
    """With the link that confirms the email address, unless it is confirmed already."""
    user = await users.find_user(db, user_id)
    if user is None or user.email is None:
        return None
    token_id = await one_time_tokens.find_live_token_id(db, user_id=user_id, purpose="verify_email")
    link = _link(resources, "verify-email", token_id) if token_id and not user.is_email_verified else None
    return _email(user, "welcome", f"Welcome to {resources.settings.app.school_name}", link=link)


async def compose_verify_email(db: Connection, resources: CoreResources, token_id: UUID) -> Email | None:
    return await _compose_link(
        db,
        resources,
        token_id,
        page="verify-email",
        subject="Confirm your email address",
        sentence="Please confirm your email address. The link is valid for three days.",
        button="Confirm email address",
    )


async def compose_reset_password(db: Connection, resources: CoreResources, token_id: UUID) -> Email | None:
    return await _compose_link(
        db,
        resources,
        token_id,
        page="reset-password",
        subject="Reset your password",
        sentence="Use this link to choose a new password. It is valid once, for 20 minutes.",
        button="Choose a new password",
    )


async def compose_confirm_email(db: Connection, resources: CoreResources, token_id: UUID) -> Email | None:
    """To the new address, which takes effect when the link is used."""
    return await _compose_link(
        db,
        resources,
        token_id,
        page="verify-email",
        subject="Confirm your new email address",
        sentence="Please confirm this as the new email address of your account. The link is valid for 24 hours.",
        button="Confirm new email address",
    )


async def compose_email_change_requested(db: Connection, resources: CoreResources, token_id: UUID) -> Email | None:
    """To the current address."""
    user, token = await _token_and_user(db, token_id)
    if user is None or token is None or not token.is_open:
        return None
    return _notice(
        resources,
        user,
        "A new email address was requested for your account",
        "Someone who knows your password requested another email address for your account. "
        "It takes effect when the link that we sent to it is used.",
        "If this was not you, choose a new password now. This cancels the request.",
        at=token.created_at,
        may_reset=True,
    )


async def compose_email_changed(db: Connection, resources: CoreResources, token_id: UUID) -> Email | None:
    user, token = await _token_and_user(db, token_id)
    if user is None or token is None:
        return None
    return _notice(
        resources,
        user,
        "Your email address was changed",
        "Your account now uses this email address.",
        "Use it the next time you sign in.",
        at=token.used_at,
    )


async def compose_email_changed_notice(db: Connection, resources: CoreResources, token_id: UUID) -> Email | None:
    """To the previous address: the only email that does not go to the address of the account."""
    user, token = await _token_and_user(db, token_id)
    if user is None or token is None:
        return None
    support = resources.settings.app.support_email
    return _notice(
        resources,
        user,
        "Your email address was changed",
        "Your account now uses another email address. This is the last email to this one.",
        f"If this was not you, write to {support} now." if support else "If this was not you, contact us now.",
        to=token.email_canonical_at_issue,
        at=token.used_at,
    )


async def compose_notice(db: Connection, resources: CoreResources, event_id: UUID) -> Email | None:
    """To the owner of an account, about a security event: when, on which device, and where to act."""
    event = await security_events.find_security_event(db, event_id)
    user = await users.find_user(db, event.user_id) if event else None
    if event is None or user is None or user.email is None:
        return None
    subject, sentence, advice = _NOTICES[event.kind]
    device = name_device(event.user_agent) if event.user_agent else None
    return _notice(resources, user, subject, sentence, advice, at=event.created_at, device=device, may_reset=True)


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
    """None when the link has been used or replaced."""
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
    """On the configured origin, never on one from the request's headers. Opening the link changes nothing."""
    token = one_time_token(resources.settings.keys.server_key, token_id)
    return page_url(resources.settings.app, f"{page}?token={token}")


def _notice(
    resources: CoreResources,
    user: User,
    subject: str,
    sentence: str,
    advice: str,
    *,
    to: str | None = None,
    at: datetime | None = None,
    device: str | None = None,
    may_reset: bool = False,
) -> Email:
    """`may_reset`: with a button that leads to a new password, which is the place to act."""
    facts = [("Time", f"{at.day} {at:%B %Y, %H:%M} UTC")] if at else []
    facts += [("Device", device)] if device else []
    link = page_url(resources.settings.app, "forgot-password") if may_reset else None
    context = {"sentence": sentence, "facts": facts, "advice": advice, "link": link, "button": "Choose a new password"}
    return _email(user, "account_notice", subject, to=to, **context)


def _email(user: User, template: str, subject: str, *, to: str | None = None, **context: object) -> Email:
    text, html = render_email(template, name=user.display_name, subject=subject, **context)
    return Email(key="", to=to or user.email or "", to_name=user.display_name, subject=subject, text=text, html=html)
