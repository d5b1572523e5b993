"""`coursify seed`: fills an empty database with a sample school, in one transaction."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import AsyncExitStack
from typing import Annotated

import uvloop
from cyclopts import Parameter
from rich.console import Console

from coursify.core.environment import ConfigurationError
from coursify.core.logging import configure_logging
from coursify.core.security import Passwords
from coursify.core.settings import Settings, load_settings
from coursify.resources import open_resources
from coursify.worker import STATEMENT_TIMEOUT_MS
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.seed import queries
from coursify_sandbox.seed.accounts import SampleAccount, read_accounts
from coursify_sandbox.seed.fill_school import fill_school
from coursify_sandbox.seed.progress import ProgressReporter, open_progress
from coursify_sandbox.seed.provider_history import check_standin, import_history, store_history_events
from coursify_sandbox.seed.sample_video import add_sample_video, drawing_sample_video
from coursify_sandbox.seed.short_videos import add_short_videos

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
        configure_logging(settings.app)
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
        open_resources(settings, statement_timeout_ms=STATEMENT_TIMEOUT_MS) as resources,
        AsyncExitStack() as stack,
    ):
        async with resources.database.transaction() as (db, now):
            if await queries.has_users(db):
                return "The database already has users; nothing was created."
            drawing = None
            if not is_empty:
                drawing = await stack.enter_async_context(drawing_sample_video(settings.media))
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
                await store_history_events(db, resources.payments, now=now)
        if is_empty:
            return "Created one account per role."
        student = next(account for account in accounts if account.role == "student")
        for video in progress.track([drawing] if drawing else [], "A lesson with a video", 1):
            filmed = await add_sample_video(resources, await video, student_id=school.people[student.email])
            await add_short_videos(resources, but=filmed)
    return (
        f"Created a sample school: {len(school.courses)} courses on sale, {len(school.people)} people, "
        f"{len(school.payments)} payments in 90 days, {'a video' if drawing else 'no video (ffmpeg is not installed)'}."
    )


def refuse_production(settings: Settings) -> None:
    if settings.app.environment == "production":
        raise SandboxError("`coursify seed` does not run with ENVIRONMENT=production.")
