"""`coursify seed`: fills an empty database with a sample school, in one transaction."""

from __future__ import annotations

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
from coursify_sandbox.seed.progress import ProgressReporter, open_progress
from coursify_sandbox.seed.provider_history import check_standin, import_history

ACCOUNTS_FILE = "SEED_ACCOUNTS_FILE"


def seed(*, empty: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Fill an empty database with a sample school; a database with users is not changed.

    Parameters
    ----------
    empty
        Create only the accounts of SEED_ACCOUNTS_FILE, one per role.
    """
    console = Console(highlight=False)
    try:
        settings = load_settings()
        configure_logging(settings.app.log_level)
        accounts = read_accounts(os.environ.get(ACCOUNTS_FILE))
        refuse_production(settings)
        if not empty:
            check_standin(settings.stripe)
        with open_progress(console) as progress:
            message = uvloop.run(seed_school(settings, accounts, progress, is_empty=empty))
    except (SandboxError, ConfigurationError) as error:
        console.print(f"[bold red]✗[/] {error}", soft_wrap=True)
        sys.exit(1)
    console.print(message, soft_wrap=True)


async def seed_school(
    settings: Settings, accounts: list[SampleAccount], progress: ProgressReporter, *, is_empty: bool = False
) -> str:
    """Fill the database of the settings; return a message about what was created."""
    passwords = Passwords()
    hashes = await asyncio.gather(*(passwords.hash(account.password) for account in accounts))
    async with (
        open_database(settings.database, Clock(settings.app.clock_offset_file)) as database,
        database.transaction() as (db, now),
    ):
        if await queries.has_users(db):
            return "The database already has users; nothing was created."
        school = await fill_school(
            db,
            settings=settings,
            accounts=dict(zip(accounts, hashes, strict=True)),
            progress=progress,
            is_empty=is_empty,
            now=now,
        )
        # Nothing else uses this database yet, so the transaction can stay open until the stand-in has its part.
        if not is_empty:
            await import_history(school.provider, settings.stripe)
    if is_empty:
        return "Created one account per role."
    return (
        f"Created a sample school: {len(school.courses)} courses on sale, {len(school.people)} people, "
        f"{len(school.payments)} payments in 90 days."
    )


def refuse_production(settings: Settings) -> None:
    if settings.app.environment == "production":
        raise SandboxError("`coursify seed` does not run with ENVIRONMENT=production.")
