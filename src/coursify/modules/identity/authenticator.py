"""The services of sign-in, created once per process: hashing, tokens, sessions, attempt limits, server keys."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis

from coursify.core.attempts import AttemptLimiter
from coursify.core.clock import Clock
from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.listener import Listener
from coursify.core.ratelimit import RequestCounters
from coursify.core.resources import CoreResources
from coursify.core.security import AccessTokens, Passwords
from coursify.core.settings import Settings
from coursify.modules.identity.session_cache import SessionCache


@dataclass(frozen=True, kw_only=True)
class Authenticator:
    database: Database
    clock: Clock
    sealer: Sealer
    server_key: bytes
    passwords: Passwords
    tokens: AccessTokens
    sessions: SessionCache
    attempts: AttemptLimiter
    counters: RequestCounters


@dataclass(frozen=True, kw_only=True)
class IdentityResources(CoreResources):
    """The resources of a process, with the authenticator."""

    authenticator: Authenticator


def make_authenticator(
    settings: Settings,
    *,
    database: Database,
    redis: Redis,
    counters: RequestCounters,
    clock: Clock,
    sealer: Sealer,
    listener: Listener,
) -> Authenticator:
    return Authenticator(
        database=database,
        clock=clock,
        sealer=sealer,
        server_key=settings.keys.server_key,
        passwords=Passwords(memory_kib=settings.app.argon2_memory_kib),
        tokens=AccessTokens(settings.keys.jwt_keys, issuer=settings.app.public_url, clock=clock),
        sessions=SessionCache(database, listener),
        counters=counters,
        attempts=AttemptLimiter(redis, database, factor=settings.limits.rate_limit_factor),
    )
