"""The jobs of erasures and exports."""

from __future__ import annotations

from uuid import UUID

from coursify.core.resources import CoreResources
from coursify.modules.privacy.models import PrivacyResources
from coursify.modules.privacy.queries import exports
from coursify.modules.privacy.services.make_export import make_export
from coursify.modules.privacy.services.purge_receipt_addresses import purge_receipt_addresses
from coursify.modules.privacy.services.run_erasure_step import run_erasure_step


async def run_erasure_step_job(resources: PrivacyResources, erasure_id: str, step: str) -> None:
    await run_erasure_step(resources, erasure_id=UUID(erasure_id), step=step)


async def make_export_job(resources: PrivacyResources, export_id: str) -> None:
    await make_export(resources, export_id=UUID(export_id))


async def purge_expired(resources: CoreResources) -> None:
    """Delete exports that have expired, and the addresses of receipts that have been sent."""
    async with resources.database.transaction() as (db, now):
        await exports.delete_old_exports(db, now=now)
    await purge_receipt_addresses(resources.database, resources.mailer, sealer=resources.sealer)
