"""Errors of servers that a command needs, in one sentence."""

from __future__ import annotations

import psycopg
import redis.exceptions
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError

from coursify.core.cache import explain_redis
from coursify.core.database_errors import explain_postgresql
from coursify.core.environment import ConfigurationError
from coursify.core.errors import Unavailable
from coursify.core.settings import load_database_settings


def explain_error(error: BaseException) -> str | None:
    """None when the error is a fault of the program."""
    if isinstance(error, DBAPIError) and isinstance(error.orig, psycopg.Error):
        error = error.orig
    if isinstance(error, psycopg.OperationalError) and not isinstance(error, PoolTimeout):
        return explain_postgresql(error)
    if isinstance(error, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return explain_postgresql(error)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return explain_postgresql(error)
    if isinstance(error, Unavailable | PoolTimeout):
        return _ask_again()
    if isinstance(error, redis.exceptions.RedisError):
        return explain_redis(error)
    return None


def _ask_again() -> str:
    """A pool does not say why it has no connection; one that is opened here does."""
    try:
        url = load_database_settings().database_url.get_secret_value()
        with psycopg.connect(url, connect_timeout=5):
            return "PostgreSQL cannot be used: it did not answer in time; try again in a moment."
    except psycopg.Error as error:
        return explain_postgresql(error)
    except ConfigurationError as error:
        return str(error)
