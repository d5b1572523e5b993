"""The addresses among the settings. Their errors never quote a URL that may have a password."""

from __future__ import annotations

import re
from email.utils import parseaddr
from urllib.parse import SplitResult, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

_DATABASE = "postgresql://user:password@host:5432/database"
_ENCODE = "in user and password, @ : / ? # % are written as %40 %3A %2F %3F %23 %25"
_LOCATION = re.compile(r"/([a-z0-9_-]+/)+")


def is_base_url(url: str) -> str:
    """A scheme and a host, without a path."""
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or " " in url:
        raise ValueError("expected an address with its scheme, such as https://api.example.com")
    if url.partition("://")[2] != parts.netloc or "@" in parts.netloc:
        raise ValueError("expected a scheme and a host only, without a path and without a slash at the end")
    return url


def is_media_url(url: str) -> str:
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"[?#\s]|/$", url):
        raise ValueError("expected an address such as https://cdn.example.com/media, without a slash at the end")
    return url


def is_location(path: str) -> str:
    if not _LOCATION.fullmatch(path):
        raise ValueError("expected a path such as /media-files/, with a slash at both ends")
    return path


def are_addressed_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    for host in hosts:
        if re.search(r"[/:*@\s]", host.strip("[]") if host.startswith("[") else host) and not host.startswith("["):
            raise ValueError(f"expected host names such as api.example.com, without scheme and port, not {host!r}")
    return hosts


def is_postgresql_url(url: SecretStr) -> SecretStr:
    """`postgresql://user:password@host:5432/database`, as libpq reads it."""
    said = url.get_secret_value()
    if not said.startswith(("postgresql://", "postgres://")):
        raise ValueError(f"expected {_DATABASE}")
    parts = _split(said)
    if parts is None or parts.netloc.count("@") > 1:
        raise ValueError(f"expected {_DATABASE}; {_ENCODE}")
    try:
        found = conninfo_to_dict(said)
    except ProgrammingError as error:
        raise ValueError(f"expected {_DATABASE}; {_ENCODE}") from error
    if not found.get("dbname"):
        raise ValueError(f"the name of the database is missing; expected {_DATABASE}")
    if not re.fullmatch(r"[0-9]*", str(found.get("port") or "")):
        raise ValueError(f"the port is no number; expected {_DATABASE}")
    return url


def is_redis_url(url: SecretStr) -> SecretStr:
    parts = _split(url.get_secret_value())
    if parts is None or parts.scheme not in {"redis", "rediss", "unix"} or not (parts.hostname or parts.path):
        raise ValueError("expected redis://:password@host:6379/0, or rediss://… for TLS")
    if parts.scheme != "unix" and not re.fullmatch(r"/?[0-9]*", parts.path):
        raise ValueError("the database after the host is a number, such as redis://host:6379/0")
    return url


def is_smtp_url(url: SecretStr) -> SecretStr:
    parts = _split(url.get_secret_value())
    if parts is None or parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.netloc.count("@") > 1:
        raise ValueError(f"expected smtp://user:password@host:587 or smtps://…:465; {_ENCODE}")
    return url


def is_sentry_dsn(dsn: SecretStr) -> SecretStr:
    parts = _split(dsn.get_secret_value())
    if parts is None or parts.scheme not in {"http", "https"} or not parts.username or not parts.path.strip("/"):
        raise ValueError("expected the DSN of a project in Sentry, such as https://…@o1.ingest.sentry.io/2")
    return dsn


def is_sender(sender: str) -> str:
    """`Name <address>`, or an address."""
    _name, address = parseaddr(sender)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        raise ValueError("expected a sender such as Coursify <no-reply@example.com>")
    return sender


def describe_location(url: SecretStr) -> str:
    """`host:port/database` of a URL of PostgreSQL."""
    found = conninfo_to_dict(url.get_secret_value())
    return f"{found.get('host', 'localhost')}:{found.get('port') or 5432}/{found['dbname']}"


def _split(url: str) -> SplitResult | None:
    """None for a URL that is not readable, or whose port is not a number."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts
