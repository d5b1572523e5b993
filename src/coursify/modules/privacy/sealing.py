"""The sealed columns of this module."""

from __future__ import annotations

from coursify.core.sealing import SealedColumn

RECEIPT_ADDRESS = SealedColumn("erasure_requests", "receipt_address")
EXPORT_CONTENT = SealedColumn("data_exports", "content", expires=True)
