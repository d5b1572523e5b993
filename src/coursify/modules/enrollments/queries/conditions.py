"""What it means in SQL that access is open, or has run out, at the moment `%(now)s`."""

from __future__ import annotations

LIVE = "revoked_at IS NULL AND (valid_until IS NULL OR valid_until > %(now)s)"
IS_OPEN = f"EXISTS (SELECT FROM access_grants WHERE enrollment_id = enrollments.id AND {LIVE})"
IS_EXPIRED = """EXISTS (
    SELECT FROM access_grants WHERE enrollment_id = enrollments.id AND revoked_at IS NULL AND valid_until <= %(now)s
)"""
