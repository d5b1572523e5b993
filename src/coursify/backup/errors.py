"""Why a backup or a restore ended."""

from __future__ import annotations


class BackupError(Exception):
    """One sentence for the operator: what is wrong, and what to do."""
