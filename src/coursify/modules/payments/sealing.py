"""The sealed columns of this module."""

from __future__ import annotations

from coursify.core.sealing import SealedColumn

CLIENT_SECRET = SealedColumn("payments", "client_secret")
