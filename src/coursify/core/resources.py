"""What each process opens once and passes to everything that runs in it: the part that core needs."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis

from coursify.core.answers import PublicAnswers
from coursify.core.clock import Clock
from coursify.core.crypto import Sealer
from coursify.core.database import Database
from coursify.core.listener import Listener
from coursify.core.mailer import Mailer, MailEventReader
from coursify.core.pagination import Cursors
from coursify.core.ratelimit import RequestCounters
from coursify.core.settings import Settings
from coursify.core.shared_answers import SharedAnswers


@dataclass(frozen=True, kw_only=True)
class CoreResources:
    """A module that needs more adds fields in a subclass; `coursify.resources` combines the subclasses."""

    settings: Settings
    clock: Clock
    database: Database
    redis: Redis
    counters: RequestCounters
    sealer: Sealer
    cursors: Cursors
    mailer: Mailer
    mail_events: MailEventReader
    listener: Listener
    answers: PublicAnswers
    shared_answers: SharedAnswers
