"""Every mistake in the configuration is one sentence that names the variable, and quotes no secret."""

from __future__ import annotations

import base64
from pathlib import Path

import psycopg
import pytest

from coursify.commands.init import init
from coursify.core.database_errors import explain_postgresql, require_version
from coursify.core.environment import ConfigurationError
from coursify.core.settings import VARIABLES, load_settings

KEY = base64.b64encode(bytes(32)).decode()
SECRET = "hunter2hunter2"
RIGHT = {
    "PUBLIC_URL": "https://api.example.com",
    "DATABASE_URL": "postgresql://app:pass@db.example.com:5432/coursify",
    "REDIS_URL": "redis://cache.example.com:6379/0",
    "SERVER_KEY": KEY,
    "JWT_KEYS": f"k1:{KEY}",
    "ENCRYPTION_KEYS": f"k1:{KEY}",
    "STRIPE_SECRET_KEY": "sk_test_abc123",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_abc123",
    "STRIPE_WEBHOOK_SECRET": "whsec_abc12345",
    "SMTP_URL": "smtp://mail.example.com:587",
    "MEDIA_FOLDER": "/var/lib/coursify/media",
    "SECURITY_CONTACT": "mailto:security@example.com",
}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in {*VARIABLES, "COURSIFY_ENV_FILE", *(f"{name}_FILE" for name in VARIABLES)} - {"CLOCK_OFFSET_FILE"}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def problems(monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None]) -> str:
    for name, value in (RIGHT | changes).items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as raised:
        load_settings()
    return str(raised.value)


def test_the_right_settings_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    assert load_settings().app.public_url == RIGHT["PUBLIC_URL"]


WRONG = [
    ("PUBLIC_URL", "api.example.com", "PUBLIC_URL: expected an address with its scheme"),
    ("PUBLIC_URL", "https://api.example.com/", "PUBLIC_URL: expected a scheme and a host only"),
    ("PUBLIC_URL", "https://api.example.com/api", "PUBLIC_URL: expected a scheme and a host only"),
    ("PUBLIC_URL", "ftp://api.example.com", "PUBLIC_URL: expected an address with its scheme"),
    ("PUBLIC_URL", "https://", "PUBLIC_URL: expected an address with its scheme"),
    ("PUBLIC_URL", "https://a.example:port", "PUBLIC_URL: expected an address with its scheme"),
    ("PUBLIC_URL", None, "PUBLIC_URL is required"),
    ("ALLOWED_HOSTS", "https://api.example.com", "ALLOWED_HOSTS: expected host names"),
    ("ALLOWED_HOSTS", "api.example.com:443", "ALLOWED_HOSTS: expected host names"),
    ("CORS_ORIGINS", "*", "CORS_ORIGINS: expected origins"),
    ("TRUSTED_PROXIES", "nginx", "TRUSTED_PROXIES: expected addresses or networks"),
    ("ENVIRONMENT", "prod", "ENVIRONMENT: expected 'production'"),
    ("LOG_LEVEL", "loud", "LOG_LEVEL: expected 'DEBUG'"),
    ("LOG_FORMAT", "xml", "LOG_FORMAT: expected 'json' or 'text'"),
    ("SHUTDOWN_DELAY_SECONDS", "-1", "SHUTDOWN_DELAY_SECONDS: expected at least 0"),
    ("SHUTDOWN_DELAY_SECONDS", "soon", "SHUTDOWN_DELAY_SECONDS: expected a number"),
    ("REFUND_DAYS", "many", "REFUND_DAYS: expected a whole number"),
    ("INSTRUCTOR_SHARE_BP", "70000", "INSTRUCTOR_SHARE_BP: expected at most 10000"),
    ("REQUIRE_ADMIN_SECOND_FACTOR", "maybe", "REQUIRE_ADMIN_SECOND_FACTOR: expected true or false"),
    ("DEFAULT_CURRENCY", "xyz", "DEFAULT_CURRENCY: 'xyz' is not a currency"),
    ("DATABASE_URL", None, "DATABASE_URL is required"),
    ("DATABASE_URL", "db.example.com/coursify", "DATABASE_URL: expected postgresql://user"),
    ("DATABASE_URL", f"mysql://app:{SECRET}@db/coursify", "DATABASE_URL: expected postgresql://user"),
    ("DATABASE_URL", f"postgresql://app:{SECRET}@ss@db/coursify", "%40"),
    ("DATABASE_URL", f"postgresql://app:{SECRET}%zz@db/coursify", "DATABASE_URL: expected postgresql://"),
    ("DATABASE_URL", f"postgresql://app:{SECRET}@db", "the name of the database is missing"),
    ("DATABASE_URL", f"postgresql://app:{SECRET}@db:port/coursify", "DATABASE_URL: expected postgresql://"),
    ("DATABASE_OWNER_URL", "owner", "DATABASE_OWNER_URL: expected postgresql://"),
    ("DATABASE_POOL_SIZE", "1", "DATABASE_POOL_SIZE: expected at least 2"),
    ("REDIS_URL", "cache.example.com:6379", "REDIS_URL: expected redis://"),
    ("REDIS_URL", f"http://:{SECRET}@cache", "REDIS_URL: expected redis://"),
    ("REDIS_URL", "redis://cache/zero", "REDIS_URL: the database after the host is a number"),
    ("SERVER_KEY", SECRET, "SERVER_KEY: expected base64 of 32 random bytes or more; make it with `openssl rand"),
    ("SERVER_KEY", base64.b64encode(b"short").decode(), "SERVER_KEY: expected base64 of 32 random bytes"),
    ("JWT_KEYS", KEY, "JWT_KEYS: expected id:base64 of 32 bytes, by commas; make one with `echo"),
    ("ENCRYPTION_KEYS", f"k1:{KEY},k1:{KEY}", "ENCRYPTION_KEYS: two keys have the same id"),
    ("ENCRYPTION_KEYS", f"k1:{SECRET}", "ENCRYPTION_KEYS: expected id:base64"),
    ("STRIPE_SECRET_KEY", "pk_test_abc123", "STRIPE_SECRET_KEY: this is the publishable key"),
    ("STRIPE_SECRET_KEY", SECRET, "STRIPE_SECRET_KEY: expected a key such as sk_test_"),
    ("STRIPE_SECRET_KEY", "sk_live_abc123", "is a live key and STRIPE_PUBLISHABLE_KEY a test key"),
    ("STRIPE_PUBLISHABLE_KEY", "sk_test_abc123", "would be published"),
    ("STRIPE_WEBHOOK_SECRET", SECRET, "STRIPE_WEBHOOK_SECRET: expected the signing secret"),
    ("STRIPE_API_BASE", "api.stripe.com", "STRIPE_API_BASE: expected an address with its scheme"),
    ("STRIPE_TIMEOUT_SECONDS", "0", "STRIPE_TIMEOUT_SECONDS: expected more than 0"),
    ("SMTP_URL", None, "SENDGRID_API_KEY or SMTP_URL: one of the two is required"),
    ("SMTP_URL", "mail.example.com:587", "SMTP_URL: expected smtp://"),
    ("MAIL_FROM", "Coursify", "MAIL_FROM: expected a sender"),
    ("MEDIA_FOLDER", "media", "MEDIA_FOLDER: expected an absolute path"),
    ("MEDIA_FOLDER", None, "MEDIA_STORE=local needs MEDIA_FOLDER"),
    ("MEDIA_STORE", "disk", "MEDIA_STORE: expected 'local', 's3' or 'cloudinary'"),
    ("MEDIA_PUBLIC_URL", "cdn.example.com", "MEDIA_PUBLIC_URL: expected an address such as"),
    ("MEDIA_ACCEL_PREFIX", "media", "MEDIA_ACCEL_PREFIX: expected a path such as"),
    ("SERVER_KEY_FILE", "/nowhere", "SERVER_KEY and SERVER_KEY_FILE are both set"),
    ("COURSIFY_ENV_FILE", "/nowhere", "/nowhere cannot be read: No such file or directory."),
    ("COURSIFY_ENV_FILE", "/proc", "/proc cannot be read: Is a directory."),
]


@pytest.mark.parametrize(("name", "value", "told"), WRONG, ids=[f"{name}={value}"[:40] for name, value, _ in WRONG])
def test_a_mistake_is_one_sentence(monkeypatch: pytest.MonkeyPatch, name: str, value: str | None, told: str) -> None:
    said = problems(monkeypatch, {name: value})
    assert told in said
    assert len([line for line in said.splitlines() if line.startswith("  ")]) <= 1
    assert SECRET not in said


def test_a_misspelled_name_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    said = problems(monkeypatch, {"DATABASE_URL": None, "DATABSE_URL": "x"})
    assert "DATABASE_URL is required; DATABSE_URL is set, is that a misspelling?" in said


def test_secrets_come_from_files_and_the_environment_wins_over_the_env_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("sk_test_fromfile\n")
    (tmp_path / ".env").write_text("\n".join(f"{name}={value}" for name, value in RIGHT.items()))
    monkeypatch.setenv("STRIPE_SECRET_KEY_FILE", str(tmp_path / "secret"))
    monkeypatch.setenv("SCHOOL_NAME", "From the process")
    settings = load_settings()
    assert settings.stripe.stripe_secret_key.get_secret_value() == "sk_test_fromfile"
    assert settings.app.school_name == "From the process"
    assert settings.app.public_url == RIGHT["PUBLIC_URL"]
    monkeypatch.setenv("STRIPE_SECRET_KEY_FILE", "/nowhere")
    with pytest.raises(ConfigurationError, match="STRIPE_SECRET_KEY_FILE: /nowhere cannot be read"):
        load_settings()


@pytest.mark.parametrize("content", [b"just words\n", b"\xff\xfe"])
def test_an_env_file_that_cannot_be_parsed_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"\.env(, line 1: expected NAME=value| cannot be read)"):
        load_settings()


def test_init_writes_a_private_file_once_that_settings_accept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    init(public_url="https://api.school.example.com")
    file = tmp_path / ".env"
    assert file.stat().st_mode & 0o777 == 0o600
    first = file.read_text()
    for name in ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET", "SMTP_URL"):
        monkeypatch.setenv(name, RIGHT[name])
    monkeypatch.setenv("SECURITY_CONTACT", RIGHT["SECURITY_CONTACT"])
    settings = load_settings()
    assert settings.app.public_url == "https://api.school.example.com"
    keys = settings.keys
    assert len({keys.server_key, keys.jwt_keys[0][1], keys.encryption_keys[0][1], keys.badge_keys[0][1]}) == 4
    with pytest.raises(ConfigurationError, match="exists: its keys may be in use"):
        init()
    assert file.read_text() == first
    init(force=True)
    assert file.read_text() != first
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("failed to resolve host 'nohost': [Errno -2]", "the host nohost is unknown"),
        ('FATAL:  password authentication failed for user "app"', "the password of the role app is wrong"),
        ('FATAL:  database "shop" does not exist', "the database shop does not exist"),
        ('FATAL:  role "app" does not exist', "the role app does not exist"),
        ("connection failed: Connection refused\n\tIs the server running?", "nothing listens at its address"),
        ("connection timeout expired", "it does not answer in time"),
        ('no pg_hba.conf entry for host "10.0.0.1"', "the server admits no such connection"),
        ("something new", "PostgreSQL cannot be used: something new."),
    ],
)
def test_why_postgresql_cannot_be_used(said: str, told: str) -> None:
    sentence = explain_postgresql(psycopg.OperationalError(said))
    assert told in sentence
    assert "\n" not in sentence


def test_an_old_postgresql_is_named_with_its_version() -> None:
    with pytest.raises(ConfigurationError, match=r"PostgreSQL 18 or newer is needed; the server of the URL is 15\.6"):
        require_version(150_006, 18)
    require_version(180_001, 18)
