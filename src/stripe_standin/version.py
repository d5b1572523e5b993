"""The version of Stripe's API: the one that the official SDK pins."""

from __future__ import annotations

API_VERSION = "2026-10-28.endive"
