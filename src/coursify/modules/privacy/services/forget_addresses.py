"""The last trace of an erased person goes: the address of the receipt, here and at the mail provider."""

from __future__ import annotations

from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.logging import log
from coursify.core.mailer import Mailer, MailRefused, MailUnavailable
from coursify.modules.privacy.models import Erasure
from coursify.modules.privacy.places import receipt_place
from coursify.modules.privacy.queries import erasures


async def forget_addresses(database: Database, mailer: Mailer, *, sealer: Sealer) -> None:
    """Of every erasure whose receipt is out. A provider that cannot be asked now is asked again at the next turn.

    One that refuses for good is logged for a person to ask it by hand: keeping the address would not help anyone.
    """
    async with database.read() as db:
        told = await erasures.list_told_erasures(db)
    for erasure in told:
        try:
            await mailer.forget(_address(erasure, sealer))
        except MailUnavailable:
            log.warning("mail provider not told", erasure_id=str(erasure.id))
            continue
        except MailRefused:
            log.error("mail provider refused to forget", erasure_id=str(erasure.id))
        async with database.transaction() as (db, _now):
            await erasures.forget_receipt_address(db, erasure.id)


def _address(erasure: Erasure, sealer: Sealer) -> str:
    return sealer.open(erasure.receipt_address or b"", place=receipt_place(erasure.id)).decode()
