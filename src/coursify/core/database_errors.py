"""Why PostgreSQL cannot be used, in one sentence that says what to do. Passwords are never quoted."""

from __future__ import annotations

import re

import psycopg

from coursify.core.environment import ConfigurationError

# uuidv7() and the statistics of 18 are used throughout.
OLDEST_POSTGRESQL = 18

_SENTENCES = (
    (r"failed to resolve host '([^']*)'", "the host {0} is unknown; check the host name in the URL"),
    (r'could not translate host name "([^"]*)"', "the host {0} is unknown; check the host name in the URL"),
    (r'password authentication failed for user "([^"]*)"', "the password of the role {0} is wrong"),
    (r'role "([^"]*)" does not exist', "the role {0} does not exist; create it, or correct the user in the URL"),
    (r'database "([^"]*)" does not exist', "the database {0} does not exist; create it with createdb"),
    (r"no pg_hba.conf entry for ([^\n]*)", "the server admits no such connection ({0}); add a line to pg_hba.conf"),
    (r"Connection refused", "nothing listens at its address; start PostgreSQL, or correct host and port in the URL"),
    (r"No such file or directory", "the folder of its socket does not exist; start PostgreSQL, or correct the URL"),
    (r"no password supplied", "it asks for a password, and the URL has none"),
    (r"timeout|timed out", "it does not answer in time; check host, port and firewall"),
    (r"SSL|certificate", "the encrypted connection failed; check sslmode and the certificates"),
    (r"starting up|shutting down|in recovery mode", "it is starting or stopping; try again in a moment"),
    (
        r"too many clients|remaining connection slots",
        "it has no connection left; raise max_connections",
    ),
)


def explain_postgresql(error: BaseException) -> str:
    """One sentence about an error of connecting, or about a permission or table that is missing."""
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return "PostgreSQL: the role of DATABASE_URL may not do this; `coursify migrate` grants what it needs."
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return "PostgreSQL: the schema of the database is not that of this version; run `coursify migrate`."
    said = str(error)
    for pattern, sentence in _SENTENCES:
        found = re.search(pattern, said)
        if found:
            return f"PostgreSQL cannot be used: {sentence.format(*found.groups())}."
    last = [line.strip() for line in said.splitlines() if line.strip()][-1:] or [type(error).__name__]
    return f"PostgreSQL cannot be used: {last[0]}."


def require_version(server_version: int, oldest: int) -> None:
    """`server_version` is PostgreSQL's number, 180001 for 18.1. Raises ConfigurationError."""
    if server_version < oldest * 10_000:
        major, minor = divmod(server_version, 10_000)
        raise ConfigurationError(f"PostgreSQL {oldest} or newer is needed; the server of the URL is {major}.{minor}.")
