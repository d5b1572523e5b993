"""The version of Stripe's API that the stand-in speaks: the one pinned by the official SDK."""

API_VERSION = "2026-10-28.endive"
