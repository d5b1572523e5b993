"""`coursify admins`: the first admin of an installation."""

from __future__ import annotations

import asyncio
import sys

from rich.console import Console

from coursify.commands.environment import find_settings
from coursify.core.clock import Clock
from coursify.core.database import open_database
from coursify.core.settings import DatabaseSettings
from coursify.modules.courses.services.align_sales import align_sales
from coursify.modules.identity.services.grant_admin_role import grant_admin_role
from coursify.modules.users.errors import UserNotFound


def add(email: str) -> None:
    """Make the account with the address EMAIL an admin. The change is recorded in the audit log."""
    settings = find_settings(None)
    try:
        name = asyncio.run(_add(settings.database, email))
    except UserNotFound as error:
        sys.exit(str(error))
    Console(highlight=False).print(f"{name} is now an admin", markup=False)


async def _add(settings: DatabaseSettings, email: str) -> str:
    async with open_database(settings, Clock()) as database, database.transaction() as (db, now):
        admin = await grant_admin_role(db, email=email, now=now)
        await align_sales(db, actor_id=None, instructor_id=admin.id, now=now)
        return admin.display_name
