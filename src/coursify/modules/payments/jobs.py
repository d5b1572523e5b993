"""What payments do later, and by the clock."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import Sealer
from coursify.core.jobs import Tools
from coursify.modules.payments.services import execute_refund as refunding
from coursify.modules.payments.services import sweep_orders as sweeping


async def execute_refund(tools: Tools, refund_id: str) -> None:
    await refunding.execute_refund(tools.database, tools.payments, refund_id=UUID(refund_id))


async def sweep_orders(tools: Tools) -> None:
    sealer = Sealer(tools.settings.keys.encryption_keys)
    await sweeping.sweep_orders(tools.database, tools.payments, sealer)
