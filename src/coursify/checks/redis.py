"""Redis: version, and whether it stores something."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

import redis.asyncio

from coursify.checks.models import Finding, Installation, failure, ok, warning
from coursify.core.cache import DOWN, explain_redis, make_redis

CHECK = "redis"
OLDEST = (6, 2)


async def check_redis(installation: Installation) -> list[Finding]:
    client = make_redis(installation.settings.redis)
    try:
        return [await _ask(client)]
    except DOWN as error:
        # The application works without, only slower and with limits for each process.
        return [failure(CHECK, explain_redis(error), "Correct REDIS_URL, or the server that it names.")]
    finally:
        await client.aclose()


async def _ask(client: redis.asyncio.Redis) -> Finding:
    facts = await client.info()
    name = f"coursify:check:{secrets.token_hex(8)}"
    await client.set(name, "1", ex=60)
    await client.delete(name)
    return judge_server(facts)


def judge_server(facts: Mapping[str, Any]) -> Finding:
    """`facts` is the answer to INFO."""
    told = str(facts.get("redis_version"))
    version = tuple(int(part) for part in re.findall(r"\d+", told)[:2])
    if version < OLDEST:
        return failure(CHECK, f"Redis is {told}; 6.2 or newer is needed.", "Upgrade Redis, or use Valkey.")
    if facts.get("maxmemory") and facts.get("maxmemory_policy") == "noeviction":
        return warning(
            CHECK,
            "Redis refuses writes when its memory is full (maxmemory-policy noeviction).",
            "Set maxmemory-policy to allkeys-lru: nothing in Redis is needed for good.",
        )
    return ok(CHECK, f"{'Valkey' if 'valkey_version' in facts else 'Redis'} {told} answers and stores.")
