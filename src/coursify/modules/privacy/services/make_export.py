"""Writes all personal data of one person into a sealed JSON document."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from pydantic.alias_generators import to_camel

from coursify.modules.privacy.models import PrivacyResources
from coursify.modules.privacy.queries import exports
from coursify.modules.privacy.sealing import EXPORT_CONTENT


async def make_export(resources: PrivacyResources, *, export_id: UUID) -> None:
    """Export module by module and store the progress after each. Does nothing when the export is ready."""
    database = resources.database
    async with database.read() as db:
        export = await exports.find_export(db, export_id)
    if export is None or export.is_ready:
        return
    archive: dict[str, object] = {}
    for number, room in enumerate(resources.personal_data.values(), start=1):
        async with database.read() as db:
            archive |= {name: _on_the_wire(found) for name, found in (await room.export(db, export.user_id)).items()}
        async with database.transaction() as (db, _now):
            await exports.note_section(db, export_id, sections_done=number)
    written = orjson.dumps(archive, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z)
    sealed = resources.sealer.seal(written, associated_data=EXPORT_CONTENT.for_row(export_id))
    async with database.transaction() as (db, now):
        await exports.mark_export_ready(db, export_id, content=sealed, now=now)


def _on_the_wire(value: Any) -> Any:
    """A record with the names that the API has."""
    if isinstance(value, dict):
        return {to_camel(name): _on_the_wire(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_on_the_wire(inner) for inner in value]
    return value
