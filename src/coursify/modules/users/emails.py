"""The letters this module writes. Each is composed when it is sent: from the rows as they are then."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.gateways import Letter
from coursify.core.jobs import Tools
from coursify.core.mail import render
from coursify.modules.users import queries
from coursify.modules.users.models import User
from coursify.modules.users.tokens import one_time_token


async def compose_welcome(db: Connection, tools: Tools, user_id: UUID) -> Letter | None:
    """Hello, and the link that confirms the address unless that has happened meanwhile."""
    user = await queries.find_user(db, user_id)
    if user is None or user.email is None:
        return None
    token_id = await queries.find_live_token_id(db, user_id=user_id, purpose="verify_email")
    link = _link(tools, "verify-email", token_id) if token_id and not user.is_email_verified else None
    return _letter(user, "welcome", "Welcome to Coursify", link=link)


def _link(tools: Tools, page: str, token_id: UUID) -> str:
    """From the configured origin, never from a request's headers; opening it changes nothing."""
    token = one_time_token(tools.settings.keys.server_key, token_id)
    return f"{tools.settings.app.public_url}/{page}?token={token}"


def _letter(user: User, template: str, subject: str, *, to: str | None = None, **context: object) -> Letter:
    text, html = render(template, name=user.display_name, **context)
    return Letter(key="", to=to or user.email or "", to_name=user.display_name, subject=subject, text=text, html=html)
