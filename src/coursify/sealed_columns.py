"""Every sealed column of the database: what `coursify keys rotate` re-seals and what the erasure test opens."""

from __future__ import annotations

from coursify.core.idempotency import RESPONSE_BODY
from coursify.modules.identity.sealing import LINK_ADDRESS, TOTP_SECRET
from coursify.modules.media.sealing import SEGMENT_KEY
from coursify.modules.notices.sealing import NOTICE_CONTACT
from coursify.modules.payments.sealing import CLIENT_SECRET
from coursify.modules.privacy.sealing import EXPORT_CONTENT, RECEIPT_ADDRESS

SEALED_COLUMNS = (
    RESPONSE_BODY,
    TOTP_SECRET,
    LINK_ADDRESS,
    CLIENT_SECRET,
    SEGMENT_KEY,
    NOTICE_CONTACT,
    RECEIPT_ADDRESS,
    EXPORT_CONTENT,
)
