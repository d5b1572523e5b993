"""What can be set about the stand-in's own behavior, through the control door; it survives restarts."""

import math
import sqlite3
from dataclasses import asdict, dataclass, fields

from stripe_standin.errors import InvalidParameters
from stripe_standin.store.settings import read_setting, write_setting
from stripe_standin.vocabulary import Json

STORED_AS = "settings"
DEBIT_DAYS = 3.0


@dataclass(frozen=True, slots=True)
class Settings:
    """`debit_days`: how many days of the stand-in's clock a bank debit takes to succeed or fail."""

    debit_days: float = DEBIT_DAYS

    def as_json(self) -> Json:
        """The settings as the control door tells them."""
        return asdict(self)


def read_settings(given: Json) -> Settings:
    """The settings that a JSON object names; what it does not name has its default."""
    known = {field.name for field in fields(Settings)}
    unknown = sorted(set(given) - known)
    if unknown:
        message = f"Unknown settings: {', '.join(unknown)}. Known are: {', '.join(sorted(known))}"
        raise InvalidParameters(message)
    days = given.get("debit_days", DEBIT_DAYS)
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 <= days < math.inf:
        message = f"Invalid value for the setting debit_days: {days!r}"
        raise InvalidParameters(message, param="debit_days")
    return Settings(debit_days=float(days))


def current_settings(database: sqlite3.Connection) -> Settings:
    """The settings in force."""
    stored = read_setting(database, STORED_AS)
    return read_settings(stored) if isinstance(stored, dict) else Settings()


def store_settings(database: sqlite3.Connection, settings: Settings) -> None:
    """Put settings in force."""
    write_setting(database, STORED_AS, settings.as_json())
