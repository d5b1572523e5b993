"""Which emails a person wants."""

from __future__ import annotations

from fastapi import Response

from coursify.core.http import Db, Now, Router, SignedIn, WithDatabase, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.notifications.queries import preferences
from coursify.modules.notifications.schemas import PreferencesOut, PreferencesUpdate
from coursify.modules.notifications.services.choose_emails import choose_emails

router = Router(tag="notifications")


@router.get(
    "/users/me/notifications",
    operation_id="get_notification_preferences",
    policy=Policy(Who.SIGNED_IN, rate="read"),
    response_model=Envelope[PreferencesOut],
)
async def get_notification_preferences(caller: SignedIn, database: WithDatabase) -> Response:
    """Which emails you get besides the transactional ones."""
    async with database.read() as db:
        chosen = await preferences.get_preferences(db, caller.user_id)
    return reply(PreferencesOut.of(chosen), "Your emails.")


@router.put(
    "/users/me/notifications",
    operation_id="update_notification_preferences",
    policy=Policy(Who.SIGNED_IN),
    response_model=Envelope[PreferencesOut],
)
async def put_notification_preferences(body: PreferencesUpdate, caller: SignedIn, db: Db, now: Now) -> Response:
    """Switch kinds of emails on or off; emails that are queued already follow it."""
    chosen = await choose_emails(db, user_id=caller.user_id, course_news=body.course_news, digest=body.digest, now=now)
    return reply(PreferencesOut.of(chosen), "Your emails were changed.")
