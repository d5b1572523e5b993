"""What a sign-in needs besides the database, made once for each process: hashing, tokens, the server's key."""

from __future__ import annotations

from dataclasses import dataclass

from coursify.core.clock import Clock
from coursify.core.database import Database
from coursify.core.security import AccessTokens, Passwords
from coursify.core.settings import Settings
from coursify.modules.users.session_states import SessionStates


@dataclass(frozen=True)
class Desk:
    """`app.state.desk`: the application makes it, starts `sessions.listening()`, and hands it to the gate."""

    database: Database
    passwords: Passwords
    tokens: AccessTokens
    sessions: SessionStates
    clock: Clock
    server_key: bytes


def make_desk(database: Database, settings: Settings) -> Desk:
    clock = Clock(settings.app.clock_offset_file)
    return Desk(
        database=database,
        passwords=Passwords(),
        tokens=AccessTokens(settings.keys.jwt_keys, issuer=settings.app.public_url, clock=clock),
        sessions=SessionStates(database),
        clock=clock,
        server_key=settings.keys.server_key,
    )
