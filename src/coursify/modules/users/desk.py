"""What a sign-in needs besides the database, made once for each process: hashing, tokens, limits, the server's keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from coursify.core.cache import make_redis
from coursify.core.clock import Clock
from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.guesses import Guesses
from coursify.core.http.address import Network, read_networks
from coursify.core.ratelimit import Tallies
from coursify.core.security import AccessTokens, Passwords
from coursify.core.settings import Settings
from coursify.modules.users.session_states import SessionStates


@dataclass(frozen=True)
class Desk:
    """`app.state.desk`: the application makes it, keeps it `serving()`, and hands it to the gate."""

    database: Database
    passwords: Passwords
    tokens: AccessTokens
    sessions: SessionStates
    guesses: Guesses
    tallies: Tallies
    trusted_proxies: tuple[Network, ...]
    clock: Clock
    sealer: Sealer
    server_key: bytes
    requires_admin_second_factor: bool

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Hear of revocations and exchange tallies for as long as the application serves."""
        try:
            async with self.sessions.listening(), self.tallies.exchanging():
                yield
        finally:
            await self.tallies.client.aclose()


def make_desk(database: Database, settings: Settings) -> Desk:
    clock = Clock(settings.app.clock_offset_file)
    client, factor = make_redis(settings.redis), settings.limits.rate_limit_factor
    return Desk(
        database=database,
        passwords=Passwords(),
        tokens=AccessTokens(settings.keys.jwt_keys, issuer=settings.app.public_url, clock=clock),
        sessions=SessionStates(database),
        guesses=Guesses(client, database, factor=factor),
        tallies=Tallies(client, factor),
        trusted_proxies=read_networks(settings.app.trusted_proxies),
        clock=clock,
        sealer=Sealer(settings.keys.encryption_keys),
        server_key=settings.keys.server_key,
        requires_admin_second_factor=settings.app.require_admin_second_factor,
    )
