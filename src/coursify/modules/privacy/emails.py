"""The receipt of an erasure: the only letter to someone whom we no longer know."""

from __future__ import annotations

from uuid import UUID

from coursify.core.database import Connection
from coursify.core.mail import render
from coursify.core.mailer import Letter
from coursify.core.resources import CoreResources
from coursify.modules.privacy.places import receipt_place
from coursify.modules.privacy.queries import erasures

ERASURE_RECEIPT = "erasure_receipt"


async def compose_erasure_receipt(db: Connection, resources: CoreResources, erasure_id: UUID) -> Letter | None:
    """To the sealed address, which is forgotten once this letter is out."""
    erasure = await erasures.find_erasure(db, erasure_id)
    if erasure is None or erasure.receipt_address is None:
        return None
    address = resources.sealer.open(erasure.receipt_address, place=receipt_place(erasure_id)).decode()
    text, html = render(
        ERASURE_RECEIPT,
        requested_at=f"{erasure.requested_at:%Y-%m-%d %H:%M} UTC",
        payments=erasure.payments_before,
        years=resources.settings.app.legal_hold_years,
    )
    return Letter(to=address, to_name="", subject="Your data is erased", text=text, html=html)
