"""The settings of backups. No other process reads them, so the API has no key of the backups."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator

from coursify.core.environment import ConfigurationError, read_environment
from coursify.core.setting_errors import list_problems
from coursify.core.setting_types import Keyring, Retention, is_absolute
from coursify.core.settings import VARIABLES, _Group


class BackupSettings(_Group):
    """Read by `coursify backup` and `coursify restore` alone: the API needs no key of the backups."""

    backup_keys: Keyring = Field(default=(), repr=False)
    backup_store: Literal["local", "s3"] = "local"
    backup_folder: Annotated[Path, AfterValidator(is_absolute)] | None = None
    backup_work_folder: Annotated[Path, AfterValidator(is_absolute)] = Path("/var/lib/coursify/backup")
    backup_s3_bucket: str | None = None
    backup_s3_region: str = "us-east-1"
    backup_s3_endpoint_url: str | None = Field(default=None, pattern=r"^https?://[^/]+$")
    backup_s3_access_key_id: str | None = None
    backup_s3_secret_access_key: SecretStr | None = None
    backup_database_url: SecretStr | None = None
    backup_slot: str = Field(default="coursify_backup", pattern=r"^[a-z0-9_]{1,63}$")
    backup_wal_seconds: float = Field(default=2.0, ge=0.2, le=60)
    backup_keep: Retention = (("daily", 7), ("weekly", 4), ("monthly", 6))
    pg_bin: Annotated[Path, AfterValidator(is_absolute)] | None = None
    pg_account: str | None = None

    @model_validator(mode="after")
    def _name_what_the_store_needs(self) -> Self:
        bucket = ("backup_s3_bucket", "backup_s3_access_key_id", "backup_s3_secret_access_key")
        needed = ("backup_folder",) if self.backup_store == "local" else bucket
        missing = [name.upper() for name in ("backup_keys", *needed) if not getattr(self, name)]
        if missing:
            raise ValueError(f"backups with BACKUP_STORE={self.backup_store} need {', '.join(missing)}")
        return self


def load_backup_settings() -> BackupSettings:
    """Read what a backup needs. Raises ConfigurationError with one line for each variable that is missing or wrong."""
    variables = VARIABLES | {name.upper() for name in BackupSettings.model_fields}
    try:
        return BackupSettings()
    except ValidationError as error:
        problems = list_problems(error, read_environment(variables))
        raise ConfigurationError(
            "\n  ".join(["The configuration is incomplete or wrong:", *sorted(problems)])
        ) from error
