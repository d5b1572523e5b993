"""`coursify attention`: print the work list."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from coursify.commands.environment import find_settings
from coursify.core.settings import Settings
from coursify.modules.attention import queries
from coursify.modules.attention.models import AttentionItem
from coursify.modules.attention.services.collect_failures import collect_failures
from coursify.resources import open_resources

MOST = 500


def attention(*, data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None) -> None:
    """Print the items that need a person, newest first. Exits with 1 when there are any.

    Parameters
    ----------
    data_dir
        The data folder of a running sandbox, used when DATABASE_URL is not set.
    """
    items = asyncio.run(_list(find_settings(data_dir)))
    console = Console(highlight=False)
    if not items:
        console.print("[bold green]Nothing needs attention.[/]")
        return
    table = Table("Since", "Kind", "Object", "Why", "Actions", "Item")
    for item in items:
        table.add_row(
            f"{item.since:%Y-%m-%d %H:%M}",
            item.kind,
            f"{item.object_type} {item.object_id}",
            item.why,
            ", ".join(item.actions),
            str(item.id),
        )
    console.print(table)
    sys.exit(1)


async def _list(settings: Settings) -> list[AttentionItem]:
    async with open_resources(settings) as resources, resources.database.transaction() as (db, now):
        await collect_failures(db, now=now)
        return await queries.list_items(db, is_open=True, kind=None, limit=MOST, offset=0, before=None)
