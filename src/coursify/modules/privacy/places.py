"""Where sealed data of this module lives: it opens nowhere else."""

from __future__ import annotations

from uuid import UUID


def receipt_place(erasure_id: UUID) -> str:
    return f"erasure_requests.receipt_address:{erasure_id}"


def content_place(export_id: UUID) -> str:
    return f"data_exports.content:{export_id}"
