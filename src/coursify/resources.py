"""What each process opens once: database, Redis, gateways, keys. Used by the application, worker and commands."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from redis.asyncio import Redis

from coursify.core.answers import PublicAnswers
from coursify.core.cache import make_redis
from coursify.core.clock import Clock
from coursify.core.crypto import Sealer
from coursify.core.database import open_database
from coursify.core.folders import require_folder
from coursify.core.listener import Listener
from coursify.core.mailer import Mailer
from coursify.core.pagination import Cursors
from coursify.core.pictures import pictures_served_at
from coursify.core.ratelimit import RequestCounters
from coursify.core.seen import FirstSeen
from coursify.core.settings import DatabaseSettings, MailSettings, Settings
from coursify.core.shared_answers import SharedAnswers
from coursify.integrations.cloudinary_signing import Account
from coursify.integrations.cloudinary_store import CloudinaryStore
from coursify.integrations.local_store import LocalStore
from coursify.integrations.s3_signing import Signer
from coursify.integrations.s3_store import S3Store
from coursify.integrations.sendgrid import SendGrid
from coursify.integrations.sendgrid_events import SendGridEvents
from coursify.integrations.smtp import Smtp
from coursify.integrations.stripe import StripeGateway
from coursify.modules.courses.view_counter import CourseResources, ViewCounter
from coursify.modules.identity.authenticator import IdentityResources, make_authenticator
from coursify.modules.media.store import MediaStore
from coursify.modules.payments.gateway import PaymentGateway, PaymentResources
from coursify.modules.payments.services.forget_customer import forget_customer
from coursify.modules.playback.ready_folders import ReadyFolders
from coursify.modules.playback.slots import PlaybackResources, Slots
from coursify.modules.playback.tokens import PlaybackTokens
from coursify.modules.privacy.models import PrivacyResources
from coursify.modules.webhooks.inbox import Inbox, WebhookResources
from coursify.personal_data import ROOMS


@dataclass(frozen=True, kw_only=True)
class Resources(
    IdentityResources, CourseResources, PlaybackResources, PaymentResources, WebhookResources, PrivacyResources
):
    pass


@asynccontextmanager
async def open_resources(
    settings: Settings, *, statement_timeout_ms: int = 0, payments: PaymentGateway | None = None
) -> AsyncIterator[Resources]:
    """The statement timeout is the larger one of `statement_timeout_ms` and the settings."""
    clock, sealer = Clock(settings.app.clock_offset_file), Sealer(settings.keys.encryption_keys)
    redis, gateway, mailer, store = _open_vendors(settings, payments)
    counters = RequestCounters(redis, settings.limits.rate_limit_factor)
    authenticator = partial(make_authenticator, settings, redis=redis, counters=counters, clock=clock, sealer=sealer)
    answers, patient = PublicAnswers(), _with_timeout(settings, statement_timeout_ms)
    async with (
        _closing(redis.aclose, gateway.close, mailer.close, store.close),
        open_database(patient, clock, on_connect=answers.hear_own_changes) as database,
        _serving_pictures(settings),
    ):
        answers.subscribe(listener := Listener(database))
        yield Resources(
            settings=settings,
            clock=clock,
            database=database,
            redis=redis,
            counters=counters,
            sealer=sealer,
            cursors=Cursors(settings.keys.server_key),
            mailer=mailer,
            mail_events=SendGridEvents(settings.mail.sendgrid_webhook_public_key),
            views=ViewCounter(database, FirstSeen(redis), clock, server_key=settings.keys.server_key),
            media=store,
            slots=Slots(redis, database, clock, limit=settings.media.max_streams),
            tokens=PlaybackTokens(settings.keys.encryption_keys),
            ready_folders=ReadyFolders(database),
            payments=gateway,
            inbox=Inbox(database),
            personal_data=ROOMS,
            ask_vendors={"payments": lambda user_id: forget_customer(database, gateway, user_id=user_id)},
            listener=listener,
            answers=answers,
            shared_answers=SharedAnswers(redis, answers),
            authenticator=authenticator(database=database, listener=listener),
        )


@asynccontextmanager
async def _closing(*ends: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for end in ends:
            await end()


def _open_vendors(
    settings: Settings, payments: PaymentGateway | None
) -> tuple[Redis, PaymentGateway, Mailer, MediaStore]:
    gateway = payments or StripeGateway(settings.stripe, site=settings.app.public_url)
    return make_redis(settings.redis), gateway, make_mailer(settings.mail), make_store(settings)


def _with_timeout(settings: Settings, statement_timeout_ms: int) -> DatabaseSettings:
    timeout = max(statement_timeout_ms, settings.database.database_statement_timeout_ms)
    return settings.database.model_copy(update={"database_statement_timeout_ms": timeout})


@asynccontextmanager
async def _serving_pictures(settings: Settings) -> AsyncIterator[None]:
    """Pictures have addresses below a host of their own, or below this application."""
    with pictures_served_at(settings.media_url):
        yield


def make_mailer(settings: MailSettings) -> SendGrid | Smtp:
    """SendGrid when an API key is set, otherwise SMTP."""
    if settings.sendgrid_api_key:
        return SendGrid(
            api_key=settings.sendgrid_api_key.get_secret_value(),
            api_base=settings.sendgrid_api_base,
            sender=settings.mail_from,
        )
    if settings.smtp_url:
        return Smtp(url=settings.smtp_url.get_secret_value(), sender=settings.mail_from)
    raise AssertionError("load_settings requires one of the two")


def make_store(settings: Settings) -> MediaStore:
    """The store that MEDIA_STORE names."""
    media = settings.media
    if media.media_store == "local" and media.media_folder:
        require_folder("MEDIA_FOLDER", media.media_folder)
        return LocalStore(media.media_folder)
    if media.media_store == "s3" and media.s3_bucket and media.s3_access_key_id and media.s3_secret_access_key:
        signer = Signer(
            media.s3_endpoint_url or f"https://s3.{media.s3_region}.amazonaws.com",
            media.s3_bucket,
            media.s3_region,
            media.s3_access_key_id,
            media.s3_secret_access_key.get_secret_value(),
        )
        return S3Store(signer)
    if media.media_store == "cloudinary" and media.cloudinary_url:
        return CloudinaryStore(
            Account.of(media.cloudinary_url.get_secret_value()),
            notification_url=f"{settings.app.public_url}/api/v1/webhooks/cloudinary",
            api_base=media.cloudinary_api_base,
            delivery_base=media.cloudinary_delivery_base,
        )
    raise AssertionError("load_settings requires what the store needs")
