"""Decides what this sandbox starts: every service that the environment does not name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coursify.core.environment import ENV_FILE
from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.keys import Keys
from coursify_sandbox.mailbox.events import public_key
from coursify_sandbox.ports import KeptPorts, free_port
from coursify_sandbox.postgres import Cluster
from coursify_sandbox.postgres_paths import choose_paths
from coursify_sandbox.redis import RedisServer, find_redis_binary

WEBHOOK_PATH = "/api/v1/payments/webhook"
EVENT_WEBHOOK_PATH = "/api/v1/webhooks/sendgrid"
# Nothing listens there, so the application works as it does while Redis is down.
NO_REDIS = "redis://127.0.0.1:1/0"


@dataclass(frozen=True)
class Plan:
    """`environment` is what `coursify up` was started with. A part is None when it names an external service.

    Without one, `redis` is also None where no Redis is installed.
    """

    folder: DataFolder
    keys: Keys
    port: int
    is_empty_school: bool
    is_reloading: bool
    cluster: Cluster | None
    redis: RedisServer | None
    stripe_port: int | None
    mailbox_port: int | None
    # Of the worker; the API serves its metrics itself.
    metrics_port: int
    environment: Mapping[str, str]

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stripe(self) -> str | None:
        return f"http://127.0.0.1:{self.stripe_port}" if self.stripe_port else None

    @property
    def mailbox(self) -> str | None:
        return f"http://127.0.0.1:{self.mailbox_port}" if self.mailbox_port else None

    @property
    def demo(self) -> str:
        return f"{self.api}/demo/"

    @property
    def owner_url(self) -> str:
        if self.cluster:
            return self.cluster.owner_url()
        return self.environment.get("DATABASE_OWNER_URL") or self.environment["DATABASE_URL"]

    @property
    def app_url(self) -> str:
        return self.cluster.app_url() if self.cluster else self.environment["DATABASE_URL"]

    @property
    def redis_url(self) -> str | None:
        return self.redis.url() if self.redis else self.environment.get("REDIS_URL") or None

    @property
    def publishable_key(self) -> str:
        if self.stripe_port:
            return self.keys.stripe_publishable_key
        return self.environment.get("STRIPE_PUBLISHABLE_KEY", "")


def make_plan(
    folder: DataFolder,
    keys: Keys,
    *,
    port: int,
    is_empty_school: bool,
    is_reloading: bool = False,
    environment: Mapping[str, str],
) -> Plan:
    """Plan each service; one that the environment names is used and not started."""
    ports = KeptPorts(folder.ports_file)
    has_email = environment.get("SENDGRID_API_KEY") or environment.get("SMTP_URL")
    return Plan(
        folder=folder,
        keys=keys,
        port=port,
        is_empty_school=is_empty_school or bool(environment.get("STRIPE_SECRET_KEY")),
        is_reloading=is_reloading,
        cluster=None if environment.get("DATABASE_URL") else _plan_cluster(folder, keys),
        redis=None if environment.get("REDIS_URL") else _plan_redis(folder, keys),
        stripe_port=None if environment.get("STRIPE_SECRET_KEY") else ports.choose("stripe"),
        mailbox_port=None if has_email else ports.choose("mailbox"),
        metrics_port=ports.choose("metrics"),
        environment=environment,
    )


def refuse_production(environment: Mapping[str, str]) -> None:
    if environment.get("ENVIRONMENT") == "production":
        raise SandboxError(
            "The sandbox does not start with ENVIRONMENT=production: run `coursify migrate`, `coursify serve` "
            "and `coursify worker` in production, or unset ENVIRONMENT."
        )


def child_environment(plan: Plan) -> dict[str, str]:
    """The environment of the application and the stand-ins; what the user set is kept.

    Without the owner's database URL: only the migration and the seed get it, as in production.
    """
    keys = plan.keys
    environment = {name: value for name, value in plan.environment.items() if name != "DATABASE_OWNER_URL"}
    environment |= {
        "ENVIRONMENT": "sandbox",
        "DATABASE_URL": plan.app_url,
        "REDIS_URL": plan.redis_url or NO_REDIS,
        "PORT": str(plan.port),
        "CLOCK_OFFSET_FILE": str(plan.folder.clock_offset),
        "COURSIFY_DATA_DIR": str(plan.folder.root),
        # A `.env` of this checkout belongs to an installation.
        ENV_FILE: "",
        "PYTHONUNBUFFERED": "1",
    }
    if plan.stripe_port and plan.stripe:
        environment |= {
            "STRIPE_SECRET_KEY": keys.stripe_secret_key,
            "STRIPE_PUBLISHABLE_KEY": keys.stripe_publishable_key,
            "STRIPE_WEBHOOK_SECRET": keys.stripe_webhook_secret,
            "STRIPE_API_BASE": plan.stripe,
            "STRIPE_STANDIN_PORT": str(plan.stripe_port),
            "STRIPE_STANDIN_STATE": str(plan.folder.stripe_state),
            "STRIPE_WEBHOOK_URL": plan.api + WEBHOOK_PATH,
        }
    if plan.mailbox_port and plan.mailbox:
        environment |= {
            "SENDGRID_API_KEY": keys.sendgrid_api_key,
            "SENDGRID_API_BASE": plan.mailbox,
            "MAILBOX_PORT": str(plan.mailbox_port),
            "MAILBOX_STATE": str(plan.folder.mailbox_state),
            "SENDGRID_WEBHOOK_PUBLIC_KEY": public_key(keys.sendgrid_api_key),
            "SENDGRID_EVENT_WEBHOOK_URL": plan.api + EVENT_WEBHOOK_PATH,
        }
    for name, value in _defaults(plan).items():
        environment[name] = environment.get(name) or value
    return environment | _bypass_proxy(environment)


def _plan_cluster(folder: DataFolder, keys: Keys) -> Cluster:
    return Cluster(
        paths=choose_paths(folder.root),
        port=free_port(),
        owner_password=keys.database_owner_password,
        app_password=keys.database_app_password,
        log=folder.log("postgres"),
    )


def _plan_redis(folder: DataFolder, keys: Keys) -> RedisServer | None:
    binary = find_redis_binary()
    if binary is None:
        return None
    return RedisServer(binary, free_port(), keys.redis_password, folder.redis, folder.log("redis"))


def _defaults(plan: Plan) -> dict[str, str]:
    return {
        "PUBLIC_URL": plan.api,
        "CORS_ORIGINS": "http://localhost:*,http://127.0.0.1:*",
        "SANDBOX_FILE": str(plan.folder.run_file),
        "RATE_LIMIT_FACTOR": "1000",
        "SERVER_KEY": plan.keys.server_key,
        "ENCRYPTION_KEYS": plan.keys.encryption_keys,
        "JWT_KEYS": plan.keys.jwt_keys,
        "MEDIA_FOLDER": str(plan.folder.media),
        "MEDIA_SCRATCH_FOLDER": str(plan.folder.media_scratch),
        "METRICS_LISTEN": f"127.0.0.1:{plan.metrics_port}",
        "SECURITY_CONTACT": "mailto:security@example.com",
        # No load balancer is in front.
        "SHUTDOWN_DELAY_SECONDS": "0",
    }


def _bypass_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Requests to 127.0.0.1 must not go through a proxy."""
    existing = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    addresses = ",".join(filter(None, [existing, "127.0.0.1", "localhost"]))
    return {"NO_PROXY": addresses, "no_proxy": addresses}
