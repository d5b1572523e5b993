"""The receipt of an erasure."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.mail import render_email
from coursify.core.mailer import Email
from coursify.core.resources import CoreResources
from coursify.modules.privacy.queries import erasures
from coursify.modules.privacy.sealing import RECEIPT_ADDRESS

ERASURE_RECEIPT = "erasure_receipt"


async def compose_erasure_receipt(db: Connection, resources: CoreResources, erasure_id: UUID) -> Email | None:
    """To the sealed address, which is deleted once this email was sent."""
    erasure = await erasures.find_erasure(db, erasure_id)
    if erasure is None or erasure.receipt_address is None:
        return None
    address = resources.sealer.open(
        erasure.receipt_address, associated_data=RECEIPT_ADDRESS.for_row(erasure_id)
    ).decode()
    text, html = render_email(
        ERASURE_RECEIPT,
        requested_at=f"{erasure.requested_at:%Y-%m-%d %H:%M} UTC",
        payments=erasure.payments_before,
        years=resources.settings.app.legal_hold_years,
    )
    return Email(to=address, to_name="", subject="Your data has been erased", text=text, html=html)
