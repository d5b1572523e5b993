"""Settings of the stand-in's behavior, changed through the control API; they survive restarts."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import asdict, dataclass, fields

from stripe_standin.errors import InvalidParameters
from stripe_standin.json_types import Json
from stripe_standin.store.settings import read_setting, write_setting

STORED_NAME = "settings"
DEBIT_DAYS = 3.0


@dataclass(frozen=True, slots=True)
class Settings:
    """`debit_days`: after how many days of the stand-in's clock a bank debit succeeds or fails."""

    debit_days: float = DEBIT_DAYS

    def as_json(self) -> Json:
        """The settings as the control API shows them."""
        return asdict(self)


def parse_settings(given: Json) -> Settings:
    """Validate the settings of a JSON object; a setting that it does not name gets its default."""
    known = {field.name for field in fields(Settings)}
    unknown = sorted(set(given) - known)
    if unknown:
        message = f"Unknown settings: {', '.join(unknown)}. Known settings: {', '.join(sorted(known))}"
        raise InvalidParameters(message)
    days = given.get("debit_days", DEBIT_DAYS)
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 <= days < math.inf:
        message = f"Invalid value for the setting debit_days: {days!r}"
        raise InvalidParameters(message, param="debit_days")
    return Settings(debit_days=float(days))


def load_settings(database: sqlite3.Connection) -> Settings:
    """The current settings."""
    stored = read_setting(database, STORED_NAME)
    return parse_settings(stored) if isinstance(stored, dict) else Settings()


def save_settings(database: sqlite3.Connection, settings: Settings) -> None:
    """Store the settings."""
    write_setting(database, STORED_NAME, settings.as_json())
