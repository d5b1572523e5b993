"""`coursify migrate`: bring the database to the newest revision, as its owner."""

from __future__ import annotations

import sys
from collections.abc import Callable

from alembic import command
from alembic.config import Config

from coursify.core.database_errors import OLDEST_POSTGRESQL, require_version
from coursify.core.environment import ConfigurationError
from coursify.core.settings import DatabaseSettings, load_database_settings
from coursify.migrations.applied import read_applied
from coursify.migrations.revisions import find_head

Report = Callable[[str], None]


def migrate(*, revision: str = "head", check: bool = False, sql: bool = False) -> None:
    """Run every revision up to REVISION. Concurrent migrations wait for each other.

    Parameters
    ----------
    revision
        The last revision to run.
    check
        Change nothing; exit with 1 when the schema is older or newer than this version's.
    sql
        Change nothing; print the SQL that would run.
    """
    settings = load_database_settings()
    before = _find_revision(_owner_url(settings))
    if check:
        _check(before)
    elif before and before > find_head():
        raise ConfigurationError(_newer(before))
    elif sql:
        _print_sql(settings, before, revision)
    else:
        upgrade(settings, revision, report=_say)
        after = _find_revision(_owner_url(settings))
        _say(f"The schema is at revision {after}" + (", as before." if after == before else "."))


def upgrade(settings: DatabaseSettings, revision: str = "head", *, report: Report | None = None) -> None:
    """Migrate the database of the settings, and grant the role of the application its permissions."""
    config = _configure(settings)
    config.attributes["report"] = report
    command.upgrade(config, revision)


def _configure(settings: DatabaseSettings) -> Config:
    config = Config()
    config.set_main_option("script_location", "coursify:migrations")
    config.attributes.update(app_url=settings.database_url.get_secret_value(), owner_url=_owner_url(settings))
    return config


def _check(applied: str | None) -> None:
    head = find_head()
    if applied == head:
        _say(f"The schema is at revision {head}, as this version needs it.")
        return
    if applied is None:
        sys.exit(f"The database has no schema yet; this version needs revision {head}: run `coursify migrate`.")
    if applied > head:
        sys.exit(_newer(applied))
    sys.exit(f"The schema is at revision {applied}; this version needs {head}: run `coursify migrate`.")


def _print_sql(settings: DatabaseSettings, applied: str | None, revision: str) -> None:
    if applied == (find_head() if revision == "head" else revision):
        _say(f"-- The schema is at revision {applied} already.")
        return
    command.upgrade(_configure(settings), f"{applied}:{revision}" if applied else revision, sql=True)


def _newer(applied: str) -> str:
    return (
        f"The schema is at revision {applied}, which is newer than revision {find_head()} of this version: "
        "run the command of the newer version."
    )


def _find_revision(owner_url: str) -> str | None:
    """The newest applied revision. Raises ConfigurationError when PostgreSQL is older than OLDEST_POSTGRESQL."""
    version, applied = read_applied(owner_url)
    require_version(version, OLDEST_POSTGRESQL)
    return applied


def _owner_url(settings: DatabaseSettings) -> str:
    return (settings.database_owner_url or settings.database_url).get_secret_value()


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
