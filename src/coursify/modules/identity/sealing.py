"""The sealed columns of this module."""

from __future__ import annotations

from coursify.core.sealing import SealedColumn

TOTP_SECRET = SealedColumn("second_factors", "secret", key=("user_id",))
LINK_ADDRESS = SealedColumn("link_requests", "address", expires=True)
