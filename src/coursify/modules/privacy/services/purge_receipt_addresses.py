"""Deletes the addresses of erasure receipts that have been sent, here and at the email provider."""

from __future__ import annotations

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.logging import log
from coursify.core.mailer import Mailer, MailRefused, MailUnavailable
from coursify.modules.privacy.models import Erasure
from coursify.modules.privacy.queries import erasures
from coursify.modules.privacy.sealing import RECEIPT_ADDRESS


async def purge_receipt_addresses(database: Database, mailer: Mailer, *, sealer: Sealer) -> None:
    """Try again at the next run when the provider is unavailable.

    A refusal is logged, so that an operator asks the provider by hand; the address is deleted here all the same.
    """
    async with database.read() as db:
        sent = await erasures.list_erasures_with_sent_receipt(db)
    for erasure in sent:
        try:
            await mailer.erase_recipient(_address(erasure, sealer))
        except MailUnavailable:
            log.warning("email provider unavailable, recipient not erased", erasure_id=str(erasure.id))
            continue
        except MailRefused:
            log.error("email provider refused to erase a recipient", erasure_id=str(erasure.id))
        async with database.transaction() as (db, _now):
            await erasures.delete_receipt_address(db, erasure.id)


def _address(erasure: Erasure, sealer: Sealer) -> str:
    return sealer.open(erasure.receipt_address or b"", associated_data=RECEIPT_ADDRESS.for_row(erasure.id)).decode()
