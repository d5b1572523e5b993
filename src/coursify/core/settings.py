"""Settings: grouped, typed, frozen, read once from the environment. No secret has a default.

Every variable is in `.env.example`. When variables are missing or wrong, the error names all of them, each in one
sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from coursify.core.crypto import check_ecdsa_key
from coursify.core.environment import ConfigurationError, read_environment
from coursify.core.setting_errors import list_problems
from coursify.core.setting_types import (
    Amounts,
    BaseUrl,
    Keyring,
    Names,
    PublishableKey,
    ServerKey,
    StripeSecretKey,
    WebhookSecret,
    are_hosts,
    are_networks,
    are_origins,
    is_absolute,
    is_cloudinary_url,
    is_contact,
    is_email,
    is_known_currency,
    is_listen_address,
)
from coursify.core.setting_urls import (
    are_addressed_hosts,
    is_location,
    is_media_url,
    is_postgresql_url,
    is_redis_url,
    is_sender,
    is_sentry_dsn,
    is_smtp_url,
)

# The minimum of OWASP for argon2id with two passes (Password Storage Cheat Sheet).
LEAST_ARGON2_MEMORY_KIB = 19_456
_YOUTUBE_HOSTS = ("www.youtube.com", "youtube.com", "youtu.be", "www.youtube-nocookie.com")
EXTERNAL_VIDEO_HOSTS = (*_YOUTUBE_HOSTS, "vimeo.com", "player.vimeo.com")


class _Environment(EnvSettingsSource):
    """The process's environment, the `.env` file, and the files that `NAME_FILE` names."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        names = [name.upper() for name in self.settings_cls.model_fields]
        return {name.lower(): value for name, value in read_environment(names).items()}


class _Group(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, *_: Any, **_others: Any
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _Environment(settings_cls)


class AppSettings(_Group):
    environment: Literal["production", "sandbox", "test"] = "production"
    public_url: BaseUrl
    allowed_hosts: Annotated[Names, AfterValidator(are_addressed_hosts)] = ()
    cors_origins: Annotated[Names, AfterValidator(are_origins)] = ()
    trusted_proxies: Annotated[Names, AfterValidator(are_networks)] = ()
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "text"] = "json"
    shutdown_delay_seconds: float = Field(default=5, ge=0, le=600)
    clock_offset_file: Path | None = None
    sandbox_file: Path | None = None
    school_name: str = Field(default="Coursify", min_length=1, max_length=100)
    storefront_url: BaseUrl | None = None
    support_email: Annotated[str, AfterValidator(is_email)] | None = None
    seller_name: str | None = Field(default=None, max_length=200)
    seller_address: str | None = Field(default=None, max_length=500)
    default_currency: Annotated[str, AfterValidator(is_known_currency)] = "usd"
    instructor_share_bp: int = Field(default=7_000, ge=0, le=10_000)
    refund_days: int = Field(default=30, ge=0)
    two_person_refunds: Amounts = ()
    require_admin_second_factor: bool = False
    legal_hold_years: int = Field(default=10, ge=0)
    require_verified_to_publish: bool = False
    external_video_hosts: Annotated[Names, AfterValidator(are_hosts)] = EXTERNAL_VIDEO_HOSTS
    argon2_memory_kib: int = Field(default=LEAST_ARGON2_MEMORY_KIB, ge=8, le=1_048_576)

    @field_validator("argon2_memory_kib")
    @classmethod
    def _hash_well(cls, kib: int, info: ValidationInfo) -> int:
        """Only tests may use less memory than is safe for real passwords."""
        if kib < LEAST_ARGON2_MEMORY_KIB and info.data.get("environment") != "test":
            raise ValueError(f"expected at least {LEAST_ARGON2_MEMORY_KIB} (KiB)")
        return kib


class DatabaseSettings(_Group):
    database_url: Annotated[SecretStr, AfterValidator(is_postgresql_url)]
    database_owner_url: Annotated[SecretStr, AfterValidator(is_postgresql_url)] | None = None
    database_pool_size: int = Field(default=10, ge=2)
    database_read_pool_size: int = Field(default=6, ge=1)
    database_statement_timeout_ms: int = Field(default=5_000, ge=0)


class RedisSettings(_Group):
    redis_url: Annotated[SecretStr, AfterValidator(is_redis_url)]


class KeySettings(_Group):
    """`SERVER_KEY` derives tokens and cursors, `JWT_KEYS` sign access tokens, `ENCRYPTION_KEYS` seal data at rest.

    `BADGE_KEYS` sign Open Badges; without one, a key that is derived from `SERVER_KEY` does (docs/decisions/0038).
    """

    server_key: ServerKey = Field(repr=False)
    jwt_keys: Keyring = Field(min_length=1, repr=False)
    encryption_keys: Keyring = Field(min_length=1, repr=False)
    badge_keys: Keyring = Field(default=(), repr=False)


class StripeSettings(_Group):
    stripe_secret_key: StripeSecretKey
    stripe_publishable_key: PublishableKey
    stripe_webhook_secret: WebhookSecret
    stripe_webhook_secret_previous: WebhookSecret | None = None
    stripe_api_base: BaseUrl = "https://api.stripe.com"
    stripe_timeout_seconds: float = Field(default=8, gt=0)

    @property
    def is_live(self) -> bool:
        return self.stripe_secret_key.get_secret_value().startswith(("sk_live_", "rk_live_"))

    @model_validator(mode="after")
    def _have_one_mode(self) -> Self:
        if self.is_live != self.stripe_publishable_key.startswith("pk_live_"):
            modes = ("live", "test") if self.is_live else ("test", "live")
            raise ValueError(
                f"STRIPE_SECRET_KEY is a {modes[0]} key and STRIPE_PUBLISHABLE_KEY a {modes[1]} key: take both from "
                "the same mode of Stripe's dashboard"
            )
        return self


class MailSettings(_Group):
    mail_from: Annotated[str, AfterValidator(is_sender)] = "Coursify <no-reply@example.com>"
    sendgrid_api_key: SecretStr | None = None
    sendgrid_api_base: BaseUrl = "https://api.sendgrid.com"
    smtp_url: Annotated[SecretStr, AfterValidator(is_smtp_url)] | None = None
    sendgrid_webhook_public_key: Annotated[str, AfterValidator(check_ecdsa_key)] | None = None


class MediaSettings(_Group):
    """Where pictures and videos are stored: a folder of this machine, a bucket, or an account at Cloudinary."""

    media_store: Literal["local", "s3", "cloudinary"] = "local"
    media_folder: Annotated[Path, AfterValidator(is_absolute)] | None = None
    # Uploads and transcoding work on files of this machine, whatever the store is.
    media_scratch_folder: Annotated[Path, AfterValidator(is_absolute)] = Path("/var/lib/coursify/scratch")
    media_public_url: Annotated[str, AfterValidator(is_media_url)] | None = None
    media_accel_prefix: Annotated[str, AfterValidator(is_location)] | None = None
    s3_bucket: str | None = None
    s3_region: str = "us-east-1"
    s3_endpoint_url: BaseUrl | None = None
    s3_access_key_id: str | None = None
    s3_secret_access_key: SecretStr | None = None
    cloudinary_url: Annotated[SecretStr, AfterValidator(is_cloudinary_url)] | None = None
    cloudinary_api_base: BaseUrl = "https://api.cloudinary.com"
    cloudinary_delivery_base: BaseUrl = "https://res.cloudinary.com"
    max_image_bytes: int = Field(default=10_485_760, ge=1_024, le=100_000_000)
    max_video_bytes: int = Field(default=8_589_934_592, ge=1_024)
    max_attachment_bytes: int = Field(default=104_857_600, ge=1_024)
    attachment_types: Names = ("pdf", "zip", "epub", "txt", "csv", "docx", "xlsx", "pptx", "mp3", "png", "jpg")
    max_open_uploads: int = Field(default=20, ge=1)
    max_owner_bytes: int = Field(default=1_099_511_627_776, ge=1_024)
    max_streams: int = Field(default=2, ge=1)
    ffmpeg_path: Path | None = None
    transcode_seconds: int = Field(default=7_200, ge=10)

    @model_validator(mode="after")
    def _name_what_the_store_needs(self) -> Self:
        needed = {
            "local": ("media_folder",),
            "s3": ("s3_bucket", "s3_access_key_id", "s3_secret_access_key"),
            "cloudinary": ("cloudinary_url",),
        }[self.media_store]
        missing = [name.upper() for name in needed if not getattr(self, name)]
        if missing:
            raise ValueError(f"MEDIA_STORE={self.media_store} needs {', '.join(missing)}")
        return self


class LimitSettings(_Group):
    rate_limit_factor: float = Field(default=1, gt=0)


class WatchSettings(_Group):
    """What Prometheus, security researchers and the operator get to see."""

    metrics_token: SecretStr | None = Field(default=None, min_length=16)
    metrics_listen: Annotated[str, AfterValidator(is_listen_address)] | None = None
    slow_statement_ms: int = Field(default=500, ge=0)
    # Its lag is published; `coursify backup wal` makes it.
    backup_slot: str = Field(default="coursify_backup", pattern=r"^[a-z0-9_]{1,63}$")
    otel_exporter_otlp_endpoint: BaseUrl | None = None
    otel_exporter_otlp_headers: SecretStr | None = None
    otel_traces_sampler_arg: float = Field(default=1, ge=0, le=1)
    sentry_dsn: Annotated[SecretStr, AfterValidator(is_sentry_dsn)] | None = None
    security_contact: Annotated[str, AfterValidator(is_contact)] | None = None

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        host, _, port = (self.metrics_listen or "").rpartition(":")
        return (host.strip("[]"), int(port)) if port else None


@dataclass(frozen=True)
class Settings:
    app: AppSettings
    database: DatabaseSettings
    redis: RedisSettings
    keys: KeySettings
    stripe: StripeSettings
    mail: MailSettings
    media: MediaSettings
    limits: LimitSettings
    watch: WatchSettings

    @property
    def media_url(self) -> str:
        """Where pictures and segments are fetched: at a CDN, or at this API."""
        return self.media.media_public_url or f"{self.app.public_url}/media"


def load_settings() -> Settings:
    """Read the environment. Raises ConfigurationError with one line for each variable that is missing or wrong."""
    variables = read_environment(VARIABLES)
    problems: list[str] = []
    groups: dict[str, _Group] = {}
    for name, kind in Settings.__annotations__.items():
        try:
            groups[name] = _GROUPS[kind]()
        except ValidationError as error:
            problems += list_problems(error, variables)
    if not variables.get("SENDGRID_API_KEY") and not variables.get("SMTP_URL"):
        problems.append("SENDGRID_API_KEY or SMTP_URL: one of the two is required to send email")
    if problems:
        raise ConfigurationError(_describe(problems))
    return Settings(**groups)  # type: ignore[arg-type]  # each group was built from its own annotation


def load_database_settings() -> DatabaseSettings:
    """Read what a migration needs. Raises ConfigurationError as load_settings does."""
    try:
        return DatabaseSettings()
    except ValidationError as error:
        problems = list_problems(error, read_environment(VARIABLES))
        raise ConfigurationError(_describe(problems)) from error


def _describe(problems: list[str]) -> str:
    return "The configuration is incomplete or wrong:\n  " + "\n  ".join(sorted(problems))


_GROUPS: dict[str, type[_Group]] = {
    kind.__name__: kind
    for kind in (
        AppSettings,
        DatabaseSettings,
        RedisSettings,
        KeySettings,
        StripeSettings,
        MailSettings,
        MediaSettings,
        LimitSettings,
        WatchSettings,
    )
}

# Every environment variable that the application reads.
VARIABLES = frozenset(name.upper() for group in _GROUPS.values() for name in group.model_fields)
