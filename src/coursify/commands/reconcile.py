"""`coursify reconcile`: fetch missed events from the provider and compare all amounts."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress, TextColumn

from coursify.commands.environment import find_settings
from coursify.core.deadline import NEVER
from coursify.core.settings import Settings
from coursify.modules.payments.gateway import PaymentResources, ProviderUnavailable
from coursify.modules.payments.queries import payments
from coursify.modules.webhooks.services.compare_money import Comparison, compare_money
from coursify.modules.webhooks.services.fetch_missed_events import fetch_missed_events
from coursify.resources import open_resources
from coursify.worker import STATEMENT_TIMEOUT_MS


def reconcile(
    *,
    days: int = 35,
    everything: bool = False,
    data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR")] = None,
) -> None:
    """Fetch missed events, then compare received and refunded amounts with the provider. Exits with 1 on a difference.

    Parameters
    ----------
    days
        How many days back payments, refunds and disputes are compared.
    everything
        Compare all payments.
    data_dir
        The data folder of a running sandbox, used when DATABASE_URL is not set.
    """
    console = Console(highlight=False)
    try:
        found = asyncio.run(_reconcile(find_settings(data_dir), None if everything else timedelta(days=days), console))
    except ProviderUnavailable as error:
        console.print(f"[bold red]✗[/] The payment provider is unavailable: {error.reason}", soft_wrap=True)
        sys.exit(2)
    for difference in found.differences:
        console.print(f"[red]{difference}[/]", soft_wrap=True, markup=True)
    if found.differences:
        console.print(f"\n[bold red]{len(found.differences)} differences in {found.checked} payments.[/]")
        sys.exit(1)
    console.print(f"[bold green]{found.checked} payments agree with the provider.[/]")


async def _reconcile(settings: Settings, back: timedelta | None, console: Console) -> Comparison:
    async with open_resources(settings, statement_timeout_ms=STATEMENT_TIMEOUT_MS) as resources:
        missed = await fetch_missed_events(resources.database, resources.payments, deep=True, deadline=NEVER)
        console.print(f"{missed} missed events fetched")
        now = await resources.database.now()
        columns = (*Progress.get_default_columns(), TextColumn("{task.fields[payments]} payments"))
        with Progress(*columns, console=console, transient=True) as bar:
            since = now - back if back else await _first_payment(resources, now) - timedelta(days=1)
            whole = (now - since).total_seconds()
            task = bar.add_task("Comparing", total=whole, payments=0)

            def show(reached: datetime, checked: int) -> None:
                bar.update(task, completed=(now - reached).total_seconds(), payments=checked)

            return await compare_money(resources.database, resources.payments, since=since, until=now, progress=show)


async def _first_payment(resources: PaymentResources, now: datetime) -> datetime:
    async with resources.database.read() as db:
        return await payments.find_first_moment(db) or now
