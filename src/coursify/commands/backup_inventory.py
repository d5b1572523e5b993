"""`coursify backup inventory`: whether the store of media has everything that the database names."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from coursify.commands.environment import find_settings
from coursify.core.settings import Settings
from coursify.modules.media.services.find_missing_objects import Inventory, find_missing_objects
from coursify.modules.media.store import StoreUnavailable
from coursify.resources import open_resources
from coursify.worker import STATEMENT_TIMEOUT_MS


def inventory(*, data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR", show=False)] = None) -> None:
    """Compare the files that the database names with those in the store of media. Exits with 1 when one is missing."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        found = asyncio.run(_compare(find_settings(data_dir)))
    except StoreUnavailable as error:
        sys.exit(f"The store of media does not answer: {error.reason}")
    for path in found.missing:
        console.print(f"missing: {path}", markup=False)
    if found.missing:
        sys.exit(f"{len(found.missing)} of {found.named} files are missing in the store of media.")
    console.print(f"[bold green]✓[/] The store of media has all {found.named} files that the database names.")


async def _compare(settings: Settings) -> Inventory:
    async with open_resources(settings, statement_timeout_ms=STATEMENT_TIMEOUT_MS) as resources:
        return await find_missing_objects(resources.database, resources.media)
