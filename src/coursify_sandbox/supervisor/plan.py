"""What this sandbox will start: every part that the environment does not already bring."""

from collections.abc import Mapping
from dataclasses import dataclass

from coursify_sandbox.data_folder import DataFolder
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.keys import Keys
from coursify_sandbox.ports import free_port
from coursify_sandbox.postgres import Cluster
from coursify_sandbox.postgres_home import choose_home
from coursify_sandbox.redis import RedisServer

WEBHOOK_PATH = "/api/v1/payments/webhook"


@dataclass(frozen=True)
class Plan:
    """None stands for a part that comes from outside."""

    folder: DataFolder
    keys: Keys
    port: int
    is_empty_school: bool
    is_reloading: bool
    cluster: Cluster | None
    redis: RedisServer | None
    stripe_port: int | None
    mailbox_port: int | None
    outside: Mapping[str, str]

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
    def owner_url(self) -> str:
        if self.cluster:
            return self.cluster.owner_url()
        return self.outside.get("DATABASE_OWNER_URL") or self.outside["DATABASE_URL"]

    @property
    def app_url(self) -> str:
        return self.cluster.app_url() if self.cluster else self.outside["DATABASE_URL"]

    @property
    def redis_url(self) -> str:
        return self.redis.url() if self.redis else self.outside["REDIS_URL"]

    @property
    def publishable_key(self) -> str:
        if self.stripe_port:
            return self.keys.stripe_publishable_key
        return self.outside.get("STRIPE_PUBLISHABLE_KEY", "")


def make_plan(
    folder: DataFolder,
    keys: Keys,
    *,
    port: int,
    is_empty_school: bool,
    is_reloading: bool = False,
    outside: Mapping[str, str],
) -> Plan:
    """Decide part by part; what is set from outside is used and not started."""
    has_mail = outside.get("SENDGRID_API_KEY") or outside.get("SMTP_URL")
    return Plan(
        folder=folder,
        keys=keys,
        port=port,
        is_empty_school=is_empty_school or bool(outside.get("STRIPE_SECRET_KEY")),
        is_reloading=is_reloading,
        cluster=None if outside.get("DATABASE_URL") else _plan_cluster(folder, keys),
        redis=None if outside.get("REDIS_URL") else _plan_redis(folder, keys),
        stripe_port=None if outside.get("STRIPE_SECRET_KEY") else free_port(),
        mailbox_port=None if has_mail else free_port(),
        outside=outside,
    )


def refuse_production(outside: Mapping[str, str]) -> None:
    if outside.get("ENVIRONMENT") == "production":
        raise SandboxError(
            "ENVIRONMENT is production, where the sandbox refuses to start: run `coursify migrate`, "
            "`coursify serve` and `coursify worker` there, or unset ENVIRONMENT here."
        )


def child_environment(plan: Plan) -> dict[str, str]:
    """Everything that the application and the stand-ins are told; what came from outside stays as it is.

    The owner's database URL is not among it: only the migration and the seed get that, as in production.
    """
    keys = plan.keys
    environment = {name: value for name, value in plan.outside.items() if name != "DATABASE_OWNER_URL"}
    environment |= {
        "ENVIRONMENT": "sandbox",
        "DATABASE_URL": plan.app_url,
        "REDIS_URL": plan.redis_url,
        "PORT": str(plan.port),
        "CLOCK_OFFSET_FILE": str(plan.folder.clock_offset),
        "COURSIFY_DATA_DIR": str(plan.folder.root),
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
        }
    for name, value in _defaults(plan).items():
        environment[name] = environment.get(name) or value
    return environment | _never_through_a_proxy(environment)


def _plan_cluster(folder: DataFolder, keys: Keys) -> Cluster:
    return Cluster(
        home=choose_home(folder.root),
        port=free_port(),
        owner_password=keys.database_owner_password,
        app_password=keys.database_app_password,
        log=folder.log("postgres"),
    )


def _plan_redis(folder: DataFolder, keys: Keys) -> RedisServer:
    return RedisServer(free_port(), keys.redis_password, folder.redis, folder.log("redis"))


def _defaults(plan: Plan) -> dict[str, str]:
    return {
        "PUBLIC_URL": plan.api,
        "RATE_LIMIT_FACTOR": "1000",
        "SERVER_KEY": plan.keys.server_key,
        "ENCRYPTION_KEYS": plan.keys.encryption_keys,
        "JWT_KEYS": plan.keys.jwt_keys,
    }


def _never_through_a_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """A proxy that serves the outside world must not be asked for 127.0.0.1."""
    known = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    addresses = ",".join(filter(None, [known, "127.0.0.1", "localhost"]))
    return {"NO_PROXY": addresses, "no_proxy": addresses}
