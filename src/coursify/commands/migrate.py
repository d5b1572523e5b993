"""`coursify migrate`: bring the database to the newest revision, as its owner."""

from __future__ import annotations

import sys

from alembic import command
from alembic.config import Config

from coursify.core.environment import ConfigurationError
from coursify.core.settings import DatabaseSettings, load_database_settings


def migrate(*, revision: str = "head") -> None:
    """Run every revision up to REVISION. Concurrent migrations wait for each other."""
    try:
        settings = load_database_settings()
    except ConfigurationError as error:
        sys.exit(str(error))
    upgrade(settings, revision)


def upgrade(settings: DatabaseSettings, revision: str = "head") -> None:
    """Migrate the database of the settings, and grant the role of the application its permissions."""
    config = Config()
    config.set_main_option("script_location", "coursify:migrations")
    app_url = settings.database_url.get_secret_value()
    owner_url = settings.database_owner_url.get_secret_value() if settings.database_owner_url else app_url
    config.attributes.update(app_url=app_url, owner_url=owner_url)
    command.upgrade(config, revision)
