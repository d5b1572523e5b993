"""`coursify seed`: a fresh database becomes a sample school, whole or not at all."""

import asyncio
import os
import sys
from typing import Annotated

import uvloop
from cyclopts import Parameter
from rich.console import Console

from coursify.core.clock import Clock
from coursify.core.database import open_database
from coursify.core.logging import configure_logging
from coursify.core.security import Passwords
from coursify.core.settings import ConfigurationError, Settings, load_settings
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.seed import queries
from coursify_sandbox.seed.accounts import SampleAccount, read_accounts
from coursify_sandbox.seed.fill_school import fill_school
from coursify_sandbox.seed.meter import Meter, open_meter
from coursify_sandbox.seed.standin import check_standin, import_history

ACCOUNTS_FILE = "SEED_ACCOUNTS_FILE"


def seed(*, empty: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Fill a fresh database with a sample school; one that has users is left alone.

    Parameters
    ----------
    empty
        No sample data: only the accounts of SEED_ACCOUNTS_FILE, one for each role.
    """
    console = Console(highlight=False)
    try:
        settings = load_settings()
        configure_logging(settings.app.log_level)
        accounts = read_accounts(os.environ.get(ACCOUNTS_FILE))
        refuse_production(settings)
        if not empty:
            check_standin(settings.stripe)
        with open_meter(console) as meter:
            told = uvloop.run(open_school(settings, accounts, meter, is_empty=empty))
    except (SandboxError, ConfigurationError) as error:
        console.print(f"[bold red]✗[/] {error}", soft_wrap=True)
        sys.exit(1)
    console.print(told, soft_wrap=True)


async def open_school(
    settings: Settings, accounts: list[SampleAccount], meter: Meter, *, is_empty: bool = False
) -> str:
    """Fill the database that the settings name; the sentence that says what was done."""
    passwords = Passwords()
    hashes = await asyncio.gather(*(passwords.hash(account.password) for account in accounts))
    async with (
        open_database(settings.database, Clock(settings.app.clock_offset_file)) as database,
        database.transaction() as (db, now),
    ):
        if await queries.has_users(db):
            return "This database has users already: nothing was seeded."
        school = await fill_school(
            db,
            settings=settings,
            accounts=dict(zip(accounts, hashes, strict=True)),
            meter=meter,
            is_empty=is_empty,
            now=now,
        )
        # Nobody else reads this database yet, so the transaction may wait for the stand-in: both or neither.
        if not is_empty:
            await import_history(school.provider, settings.stripe)
    if is_empty:
        return "An empty school: one account for each role."
    return (
        f"A sample school: {len(school.courses)} courses on sale, {len(school.people)} people, "
        f"{len(school.payments)} payments in 90 days."
    )


def refuse_production(settings: Settings) -> None:
    if settings.app.environment == "production":
        raise SandboxError("ENVIRONMENT is production, where no sample school is made.")
