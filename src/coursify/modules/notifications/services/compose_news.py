"""Composes an email that is not transactional, unless its recipient does not want it."""

from __future__ import annotations

from uuid import UUID

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.mailer import Email, MailWithheld, wire_address
from coursify.core.resources import CoreResources
from coursify.modules.notifications.models import NewsKind, Preferences
from coursify.modules.notifications.queries import preferences, suppressed_addresses
from coursify.modules.notifications.unsubscribe_links import UnsubscribeTarget, hash_address, write_token
from coursify.modules.users.models import canonical_email
from coursify.modules.users.queries import users


async def compose_news(
    db: Connection,
    resources: CoreResources,
    *,
    user_id: UUID,
    kind: NewsKind,
    template: str,
    subject: str,
    **context: object,
) -> Email | None:
    """The email with its unsubscribe link, for a template that extends `news.html`.

    None for an account that is suspended or erased. Raises MailWithheld when the kind is switched off or the address is
    suppressed: the check is made now, not when the email was queued.
    """
    user = await users.find_user(db, user_id)
    if user is None or user.email is None or not user.is_active:
        return None
    chosen = await preferences.get_preferences(db, user_id)
    if not chosen.wants(kind):
        raise MailWithheld(f"the recipient switched {kind} off")
    server_key = resources.settings.keys.server_key
    if await suppressed_addresses.is_suppressed(db, address_key(server_key, user.email)):
        raise MailWithheld("the address bounced, or its owner complained")
    url = _unsubscribe_url(resources, user_id, kind, chosen)
    text, html = mail.render_email(template, name=user.display_name, unsubscribe_url=url, **context)
    return Email(to=user.email, to_name=user.display_name, subject=subject, text=text, html=html, unsubscribe_url=url)


def address_key(server_key: bytes, address: str) -> bytes:
    """The same for every spelling that reaches the same mailbox, in our rows and in the provider's events."""
    return hash_address(server_key, canonical_email(wire_address(address.strip())))


def _unsubscribe_url(resources: CoreResources, user_id: UUID, kind: NewsKind, chosen: Preferences) -> str:
    target = UnsubscribeTarget(user_id, kind, chosen.link_version)
    token = write_token(resources.settings.keys.server_key, target)
    return f"{resources.settings.app.public_url}/unsubscribe/{token}"
