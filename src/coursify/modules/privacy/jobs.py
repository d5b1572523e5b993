"""Erasures and exports, step by step."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.jobs import Tools
from coursify.modules.payments.gateway import PaymentTools
from coursify.modules.privacy.models import Step
from coursify.modules.privacy.queries import exports
from coursify.modules.privacy.services import forget_addresses as forgetting
from coursify.modules.privacy.services import make_export as exporting
from coursify.modules.privacy.services import run_erasure_step as erasing


async def run_step(tools: PaymentTools, erasure_id: str, step: str) -> None:
    await erasing.run_erasure_step(tools.database, tools.payments, erasure_id=UUID(erasure_id), step=cast("Step", step))


async def make_export(tools: Tools, export_id: str) -> None:
    sealer = Sealer(tools.settings.keys.encryption_keys)
    await exporting.make_export(tools.database, sealer=sealer, export_id=UUID(export_id))


async def forget(tools: Tools) -> None:
    """Archives whose day is over, and addresses whose receipt is out."""
    async with tools.database.transaction() as (db, now):
        await exports.delete_old_exports(db, now=now)
    sealer = Sealer(tools.settings.keys.encryption_keys)
    await forgetting.forget_addresses(tools.database, tools.mailer, sealer=sealer)
