"""Anyone sends a notice about something that they find illegal or against the rules."""

from __future__ import annotations

from datetime import datetime

from coursify.core.caller import Caller
from coursify.core.crypto import Sealer
from coursify.core.database import Connection
from coursify.core.queries import system
from coursify.modules.attention.services.flag import flag
from coursify.modules.notices import emails, queries
from coursify.modules.notices.errors import ContactRequired
from coursify.modules.notices.models import Complaint, Notice
from coursify.modules.notices.sealing import Contact, seal_contact
from coursify.modules.notices.services.find_subject import find_subject
from coursify.modules.notices.tokens import make_reference


async def send_notice(
    db: Connection,
    *,
    caller: Caller | None,
    complaint: Complaint,
    contact: Contact | None,
    sealer: Sealer,
    now: datetime,
) -> Notice:
    """The notice, on the work list, and a receipt by email. Someone signed in has one open notice per subject.

    Raises ContactRequired for someone without an account who gives no address (but about child abuse, where the law
    lets notices be anonymous), and what find_subject raises.
    """
    if caller is None and contact is None and complaint.reason != "child_abuse":
        raise ContactRequired(details=[{"field": "contact", "message": ContactRequired.message}])
    subject = await find_subject(
        db, caller=caller, subject_type=complaint.subject_type, subject_id=complaint.subject_id
    )
    notice_id = await system.make_id(db)
    is_new = await queries.insert_notice(
        db,
        notice_id=notice_id,
        reference=make_reference(),
        subject=subject,
        notifier_id=caller.user_id if caller else None,
        contact=seal_contact(sealer, notice_id, contact) if caller is None and contact else None,
        complaint=complaint,
        now=now,
    )
    if caller and not is_new:
        return await queries.get_newest_notice(db, notifier_id=caller.user_id, subject=subject)
    why = f"A notice about a {complaint.subject_type} waits for a decision: {complaint.reason}."
    await flag(db, kind="notice_open", object_type="notice", object_id=notice_id, why=why, now=now)
    notice = await queries.get_notice(db, notice_id)
    await emails.post_received(db, notice=notice, now=now)
    return notice
