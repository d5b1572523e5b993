"""`coursify keys`: every process gets to know a new key, then uses it, then everything is re-sealed with it.

Processes restart one after the other. If a new key were used at once, a process that has not restarted yet would
reject its tokens and could not open what it sealed (docs/decisions/0026).
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import sys
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, UUID, uuid5

from rich.console import Console

from coursify.commands.environment import load_or_exit
from coursify.core import audit
from coursify.core.backup_settings import load_backup_settings
from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.environment import ConfigurationError, read_environment
from coursify.core.queries import sealed_columns
from coursify.core.sealing import SealedColumn
from coursify.core.settings import KeySettings, Settings
from coursify.modules.certificates.badges import badge_ring
from coursify.resources import open_resources
from coursify.sealed_columns import SEALED_COLUMNS

Ring = tuple[tuple[str, bytes], ...]
Rings = dict[str, Ring]
BATCH = 500


def new() -> None:
    """Print JWT_KEYS, ENCRYPTION_KEYS and BADGE_KEYS with a new key at the end, which is known but not used yet.

    With BACKUP_KEYS, where they are configured.

    Configure them, restart every process, then run `coursify keys promote`.
    """
    kid = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(2)}"
    present, backups = load_or_exit().keys, _read_backup_keys()
    sys.stdout.write(render(add_key(present, backups, kid=kid)))


def promote() -> None:
    """Print the rings with their last key first: the first key signs and seals.

    Configure them and restart every process, then run `coursify keys rotate`. Remove the last key of JWT_KEYS ten
    minutes later and the last key of ENCRYPTION_KEYS a day later, when no stored response or export needs it any more.
    Leave the older keys in BADGE_KEYS: they verify the badges that people have downloaded. Leave the older keys in
    BACKUP_KEYS until `coursify backup list` says that nothing needs them: what they sealed is not sealed again.
    """
    sys.stdout.write(render(promote_key(load_or_exit().keys, _read_backup_keys())))


def rotate() -> None:
    """Re-seal everything that is kept for more than a day with the first key of ENCRYPTION_KEYS."""
    counts = asyncio.run(reseal(load_or_exit()))
    for name, count in counts.items():
        Console(highlight=False).print(f"{name}: {count} re-sealed")


def add_key(present: KeySettings, backups: Ring = (), *, kid: str) -> Rings:
    return {name: (*ring, (kid, secrets.token_bytes(32))) for name, ring in _rings(present, backups).items()}


def promote_key(present: KeySettings, backups: Ring = ()) -> Rings:
    return {name: (ring[-1], *ring[:-1]) for name, ring in _rings(present, backups).items()}


def render(rings: Rings) -> str:
    """The rings as lines of an environment file."""
    return "".join(f"{name}={','.join(_encode(key) for key in ring)}\n" for name, ring in rings.items())


async def reseal(settings: Settings) -> dict[str, int]:
    """Returns how many values of each column were re-sealed. Columns whose rows expire within a day are left alone."""
    async with open_resources(settings) as resources:
        database = resources.database
        counts = {
            f"{sealed.table}.{sealed.column}": await _reseal_column(database, resources.sealer, sealed)
            for sealed in SEALED_COLUMNS
            if not sealed.expires
        }
        kid = settings.keys.encryption_keys[0][0]
        async with database.transaction() as (db, _now):
            await audit.record(
                db,
                actor_id=None,
                action="key.rotated",
                target_type="key",
                target_id=uuid5(NAMESPACE_OID, kid),
                details={"kid": kid} | counts,
            )
    return counts


async def _reseal_column(database: Database, sealer: Sealer, sealed: SealedColumn) -> int:
    """One transaction for each batch, so that no row is locked for long."""
    count, after_key = 0, UUID(int=0)
    while True:
        async with database.transaction() as (db, _now):
            batch = await sealed_columns.list_sealed_values(db, sealed, after_key=after_key, limit=BATCH)
            for row in batch:
                if not sealer.is_current(row.value):
                    new = sealer.reseal(row.value, associated_data=sealed.for_row(row.key))
                    count += await sealed_columns.replace_sealed_value(db, sealed, row.key, old=row.value, new=new)
        if len(batch) < BATCH:
            return count
        after_key = batch[-1].key


def _read_backup_keys() -> Ring:
    """Empty where no backups are configured. Exits with a list of missing and invalid variables."""
    if "BACKUP_KEYS" not in read_environment(["BACKUP_KEYS"]):
        return ()
    try:
        return load_backup_settings().backup_keys
    except ConfigurationError as error:
        sys.exit(str(error))


def _rings(present: KeySettings, backups: Ring) -> Rings:
    """An empty BADGE_KEYS means the derived key: it is written out, so that a new one comes behind it."""
    rings = {
        "JWT_KEYS": present.jwt_keys,
        "ENCRYPTION_KEYS": present.encryption_keys,
        "BADGE_KEYS": present.badge_keys or badge_ring(server_key=present.server_key, badge_keys=()),
    }
    return rings | ({"BACKUP_KEYS": backups} if backups else {})


def _encode(key: tuple[str, bytes]) -> str:
    return f"{key[0]}:{base64.b64encode(key[1]).decode()}"
