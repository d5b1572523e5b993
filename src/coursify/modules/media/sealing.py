"""The sealed columns of this module."""

from __future__ import annotations

from coursify.core.sealing import SealedColumn

SEGMENT_KEY = SealedColumn("segment_keys", "sealed_key")
