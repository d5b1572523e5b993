"""What the person at the terminal sees: each step with its time, and at the end where everything is."""

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

    def show(self) -> None:
        if self.status is None:
            self.status = self.console.status("")
            self.status.start()
        detail = f" [dim]{escape(self.detail[:80])}[/]" if self.detail else ""
        self.status.update(f"{escape(', '.join(self.active))}{detail}")
        if not self.active:
            self.status.stop()
            self.status = None

    def tell(self, sentence: str) -> None:
        """Whether anybody still listens (a closed terminal, a broken pipe) must not stop a supervisor."""
        with suppress(OSError, SystemExit):
            self.console.print(f"[dim]{time.strftime('%H:%M:%S')}[/]  {escape(sentence)}", soft_wrap=True)

    def complain(self, sentence: str) -> None:
        self.console.print(f"[bold red]✗[/] {escape(sentence)}", soft_wrap=True)


@contextmanager
def step(screen: Screen, title: str) -> Iterator[None]:
    """Show that a step is under way and, once it is done, how long it took."""
    began = time.monotonic()
    screen.active.append(title)
    screen.show()
    done = False
    try:
        yield
        done = True
    finally:
        screen.active.remove(title)
        if done:
            took = time.monotonic() - began
            screen.console.print(f"  [green]✓[/] {escape(title)} [dim]{took:.1f} s[/]")
        screen.show()


def show_summary(screen: Screen, run_file: RunFile, *, took: float, clock_offset: float) -> None:
    """The table of addresses and accounts, and what to try next."""
    places = Table(show_header=False, box=None, padding=(0, 2))
    places.add_column(style="bold")
    places.add_column(overflow="fold")
    for title, key in (("API", "api"), ("Docs", "docs"), ("Mailbox", "mailbox"), ("Stripe stand-in", "stripe")):
        places.add_row(title, run_file[key] or "[dim]from outside[/]")
    accounts = Table(box=None, padding=(0, 2), header_style="dim")
    for heading in ("Role", "E-mail", "Password"):
        accounts.add_column(heading, overflow="fold")
    for account in run_file["accounts"]:
        accounts.add_row(account["role"], account["email"], f"[bold]{escape(account['password'])}[/]")
    console = screen.console
    console.print()
    console.print(places)
    console.print()
    if run_file["accounts"]:
        console.print(accounts)
        console.print()
    if clock_offset:
        console.print(f"  The clock runs ahead by {timedelta(seconds=int(clock_offset))}.")
    console.print(f"  Ready in {took:.1f} s. Try [bold].venv/bin/coursify tour[/] in another terminal.")
    console.print("  Ctrl-C stops everything.\n")
