"""The output of `coursify up`: each step with its duration, then the addresses and accounts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from coursify_sandbox.run_file import RunFile


@dataclass
class Screen:
    console: Console
    active: list[str] = field(default_factory=list)
    detail: str = ""
    status: Status | None = None

    def refresh(self) -> None:
        if self.status is None:
            self.status = self.console.status("")
            self.status.start()
        detail = f" [dim]{escape(self.detail[:80])}[/]" if self.detail else ""
        self.status.update(f"{escape(', '.join(self.active))}{detail}")
        if not self.active:
            self.status.stop()
            self.status = None

    def report(self, message: str) -> None:
        """Print a message; a closed terminal or a broken pipe must not stop the supervisor."""
        with suppress(OSError, SystemExit):
            self.console.print(f"[dim]{time.strftime('%H:%M:%S')}[/]  {escape(message)}", soft_wrap=True)

    def report_error(self, message: str) -> None:
        self.console.print(f"[bold red]✗[/] {escape(message)}", soft_wrap=True)


@contextmanager
def step(screen: Screen, title: str) -> Iterator[None]:
    """Show a running step, then how long it took."""
    start = time.monotonic()
    screen.active.append(title)
    screen.refresh()
    has_succeeded = False
    try:
        yield
        has_succeeded = True
    finally:
        screen.active.remove(title)
        if has_succeeded:
            seconds = time.monotonic() - start
            screen.console.print(f"  [green]✓[/] {escape(title)} [dim]{seconds:.1f} s[/]")
        screen.refresh()


def show_summary(screen: Screen, run_file: RunFile, *, seconds: float, clock_offset: float) -> None:
    """Print the addresses, the accounts and the next command to try."""
    addresses = Table(show_header=False, box=None, padding=(0, 2))
    addresses.add_column(style="bold")
    addresses.add_column(overflow="fold")
    for title, key in (
        ("API", "api"),
        ("Docs", "docs"),
        ("Demo", "demo"),
        ("Guide", "guide"),
        ("Mailbox", "mailbox"),
        ("Stripe stand-in", "stripe"),
    ):
        addresses.add_row(title, run_file[key] or "[dim]external[/]")
    accounts = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("Role", "Email", "Password"):
        accounts.add_column(heading, overflow="fold")
    for account in run_file["accounts"]:
        accounts.add_row(account["role"], account["email"], f"[bold]{escape(account['password'])}[/]")
    console = screen.console
    console.print()
    console.print(addresses)
    console.print()
    if run_file["accounts"]:
        console.print(accounts)
        console.print()
    if clock_offset:
        console.print(f"  The clock is {timedelta(seconds=int(clock_offset))} ahead of real time.")
    console.print(f"  Ready in {seconds:.1f} s. Open [bold]{run_file['api']}[/] in a browser.")
    console.print("  Or try [bold].venv/bin/coursify tour[/] in another terminal.")
    console.print("  Ctrl-C stops everything.\n")
