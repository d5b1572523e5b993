"""`coursify keys`: a new key is known to every process first, then used, then everything is sealed with it.

Processes restart one after the other. Were a new key used at once, the ones that restart later would refuse its tokens
and could not open what it sealed (docs/decisions/0041).
"""

from __future__ import annotations

import asyncio
import base64
import secrets
import sys
from datetime import UTC, datetime
from uuid import NAMESPACE_OID, uuid5

from rich.console import Console

from coursify.commands.environment import load_or_exit
from coursify.core import audit
from coursify.core.settings import KeySettings, Settings
from coursify.modules.identity.services.reseal_factors import reseal_factors
from coursify.modules.payments.services.reseal_secrets import reseal_secrets
from coursify.modules.privacy.services.reseal_receipts import reseal_receipts
from coursify.resources import open_resources

Rings = dict[str, tuple[tuple[str, bytes], ...]]


def new() -> None:
    """Print JWT_KEYS and ENCRYPTION_KEYS with a fresh key behind the present ones: known, not used yet.

    Configure them and restart every process; then `coursify keys promote`.
    """
    kid = f"{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(2)}"
    sys.stdout.write(render(add_key(load_or_exit().keys, kid=kid)))


def promote() -> None:
    """Print both rings with their last key in front: from now on it signs and seals.

    Configure them and restart every process, then run `coursify keys rotate`. Drop the last key of JWT_KEYS ten minutes
    later, that of ENCRYPTION_KEYS a day later, when no kept answer or export is sealed with it any more.
    """
    sys.stdout.write(render(promote_key(load_or_exit().keys)))


def rotate() -> None:
    """Seal all that is kept for longer than a day with the first key of ENCRYPTION_KEYS."""
    counts = asyncio.run(reseal(load_or_exit()))
    for name, count in counts.items():
        Console(highlight=False).print(f"{name}: {count} sealed again")


def add_key(present: KeySettings, *, kid: str) -> Rings:
    return {name: (*ring, (kid, secrets.token_bytes(32))) for name, ring in _rings(present).items()}


def promote_key(present: KeySettings) -> Rings:
    return {name: (ring[-1], *ring[:-1]) for name, ring in _rings(present).items()}


def render(rings: Rings) -> str:
    """As lines of an environment file."""
    return "".join(f"{name}={','.join(_encode(key) for key in ring)}\n" for name, ring in rings.items())


async def reseal(settings: Settings) -> dict[str, int]:
    """How many of each kind were sealed again; answers, exports and links are gone within a day by themselves."""
    async with open_resources(settings) as resources:
        database, sealer = resources.database, resources.sealer
        counts = {
            "second factors": await reseal_factors(database, sealer),
            "client secrets": await reseal_secrets(database, sealer),
            "addresses of receipts": await reseal_receipts(database, sealer),
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


def _rings(present: KeySettings) -> Rings:
    return {"JWT_KEYS": present.jwt_keys, "ENCRYPTION_KEYS": present.encryption_keys}


def _encode(key: tuple[str, bytes]) -> str:
    return f"{key[0]}:{base64.b64encode(key[1]).decode()}"
