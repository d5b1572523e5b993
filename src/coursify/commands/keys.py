"""`coursify keys`: new keys are configured in front of the old ones, then what the old ones sealed is sealed again."""

from __future__ import annotations

import asyncio
import base64
import secrets
import sys
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, uuid5

from rich.console import Console

from coursify.core import audit
from coursify.core.clock import Clock
from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.settings import ConfigurationError, KeySettings, Settings, load_settings
from coursify.modules.payments.services.reseal_secrets import reseal_secrets
from coursify.modules.users.services.reseal_factors import reseal_factors
from coursify.modules.webhooks.services.reseal_payloads import reseal_payloads

Ring = tuple[tuple[str, bytes], ...]


def new() -> None:
    """Print JWT_KEYS and ENCRYPTION_KEYS with a fresh key in front of the present ones.

    Configure them, restart every process, run `coursify keys rotate`; drop the last key of JWT_KEYS ten minutes
    later, that of ENCRYPTION_KEYS a day later, when no kept answer or export is sealed with it any more.
    """
    present = _load().keys
    sys.stdout.write(f"{render_rings(present, kid=f'{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(2)}')}\n")


def rotate() -> None:
    """Seal second factors, client secrets and stored events with the first key of ENCRYPTION_KEYS."""
    counts = asyncio.run(reseal(_load()))
    for name, count in counts.items():
        Console(highlight=False).print(f"{name}: {count} sealed again")


def render_rings(present: KeySettings, *, kid: str) -> str:
    """Both settings as lines of an environment file."""
    rings = {"JWT_KEYS": present.jwt_keys, "ENCRYPTION_KEYS": present.encryption_keys}
    return "\n".join(f"{name}={_render(((kid, secrets.token_bytes(32)), *ring))}" for name, ring in rings.items())


async def reseal(settings: Settings) -> dict[str, int]:
    """How many of each kind were sealed again; answers, exports and links are gone within a day by themselves."""
    database = Database(settings.database, Clock(settings.app.clock_offset_file))
    sealer = Sealer(settings.keys.encryption_keys)
    await database.open()
    try:
        counts = {
            "second factors": await reseal_factors(database, sealer),
            "client secrets": await reseal_secrets(database, sealer),
            "stored events": await reseal_payloads(database, sealer),
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
    finally:
        await database.close()
    return counts


def _render(ring: Ring) -> str:
    return ",".join(f"{kid}:{base64.b64encode(key).decode()}" for kid, key in ring)


def _load() -> Settings:
    try:
        return load_settings()
    except ConfigurationError as error:
        sys.exit(str(error))
