"""Which certificates of a list are revoked, as a signed list of bits."""

from __future__ import annotations

from coursify.core.database import Database
from coursify.core.settings import Settings
from coursify.modules.certificates import badges
from coursify.modules.certificates.errors import StatusListNotFound
from coursify.modules.certificates.models import STATUS_BITS
from coursify.modules.certificates.queries import certificates
from coursify.modules.certificates.services.sign_certificate import issuer_of


async def sign_status_list(database: Database, settings: Settings, *, number: int) -> str:
    """The list as it is now. Raises StatusListNotFound."""
    now = await database.now()
    async with database.read() as db:
        if not await certificates.has_status_list(db, number):
            raise StatusListNotFound
        revoked = await certificates.list_revoked_bits(db, number)
    return badges.sign_status_list(issuer_of(settings), number, revoked=revoked, bits=STATUS_BITS, now=now)
