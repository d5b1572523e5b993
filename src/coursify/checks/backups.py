"""Backups, where they are configured: programs, the server's settings, the slot, and how old the last ones are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg

from coursify.backup.errors import BackupError
from coursify.backup.programs import find_programs
from coursify.checks.models import Finding, Installation, failure, ok
from coursify.core.backup_settings import BackupSettings, load_backup_settings
from coursify.core.clock import Clock
from coursify.core.database import open_database
from coursify.core.environment import ConfigurationError, read_environment
from coursify.core.errors import Unavailable
from coursify.core.queries import backups as queries

CHECK = "backups"
# As the alerts have it (docs/operations/runbooks).
OLDEST_BACKUP, OLDEST_RESTORE = timedelta(hours=26), timedelta(hours=50)


async def check_backups(installation: Installation) -> list[Finding]:
    if "BACKUP_KEYS" not in read_environment(["BACKUP_KEYS"]):
        return [ok(CHECK, "None are taken from this machine: BACKUP_KEYS is not set.")]
    try:
        settings = load_backup_settings()
    except ConfigurationError as error:
        return [failure(CHECK, line.strip(), "Correct this setting.") for line in str(error).splitlines()[1:]]
    found = _check_programs(settings)
    try:
        async with open_database(installation.settings.database, Clock()) as database, database.read() as db:
            facts = await queries.get_server_facts(db)
            slot = await queries.find_slot_lag(db, slot=settings.backup_slot)
            states = await queries.list_backup_states(db)
    except (psycopg.Error, OSError, Unavailable):
        # The check of the database says why.
        return found
    found += judge_server(facts, slot, settings.backup_slot) + judge_ages(states, datetime.now(UTC))
    return found or [ok(CHECK, "The write-ahead log is received, and the last backup and the last restore are recent.")]


def _check_programs(settings: BackupSettings) -> list[Finding]:
    try:
        find_programs(settings)
    except BackupError as error:
        return [failure(CHECK, str(error), "Install PostgreSQL's programs here, or set PG_BIN.")]
    return []


def judge_server(facts: queries.ServerFacts, slot: queries.SlotLag | None, name: str) -> list[Finding]:
    found = []
    if not facts.summarizes_wal:
        found.append(
            failure(
                CHECK,
                "summarize_wal is off: incremental backups are not possible.",
                "ALTER SYSTEM SET summarize_wal = on; SELECT pg_reload_conf(); then `coursify backup full`.",
            )
        )
    if slot is None:
        sentence = f"The replication slot {name} does not exist: the write-ahead log is not received."
        found.append(failure(CHECK, sentence, "Start `coursify backup wal`, which creates it."))
    elif slot.wal_status == "lost":
        sentence = f"The replication slot {name} is lost: write-ahead log is missing from the backups."
        found.append(failure(CHECK, sentence, "Start `coursify backup wal`, then run `coursify backup full`."))
    elif not slot.is_active:
        sentence = f"Nobody receives the write-ahead log; {slot.lag_bytes // 1_000_000} MB wait in the slot {name}."
        found.append(failure(CHECK, sentence, "Start `coursify backup wal`, and see what its log says."))
    return found


def judge_ages(states: list[queries.BackupState], now: datetime) -> list[Finding]:
    """The newest of full and incremental counts as the last backup."""
    succeeded = {state.operation: state.succeeded_at for state in states if state.succeeded_at}
    taken = max((at for operation, at in succeeded.items() if operation in {"full", "incremental"}), default=None)
    return [
        *_judge_age("backup", taken, now, OLDEST_BACKUP, "Run `coursify backup full` and read its sentence."),
        *_judge_age("verified restore", succeeded.get("verify"), now, OLDEST_RESTORE, "Run `coursify backup verify`."),
    ]


def _judge_age(what: str, at: datetime | None, now: datetime, oldest: timedelta, fix: str) -> list[Finding]:
    if at is None:
        return [failure(CHECK, f"There has been no {what} yet.", fix)]
    if now - at > oldest:
        return [failure(CHECK, f"The last {what} is of {at:%Y-%m-%d %H:%M} UTC, and too old.", fix)]
    return []
