"""The progress of the seed: a bar on a terminal, lines in a log."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Item = TypeVar("Item")
PRINT_INTERVAL_SECONDS = 0.2


@dataclass
class ProgressReporter:
    """Reports the progress of one step after the other."""

    console: Console
    progress: Progress | None = None
    printed_monotonic: float = 0.0

    def track(self, items: Iterable[Item], title: str, total: int) -> Iterator[Item]:
        """Yield the items and report each."""
        task = self.progress.add_task(title, total=total) if self.progress else None
        for number, item in enumerate(items, start=1):
            yield item
            if self.progress and task is not None:
                self.progress.update(task, completed=number)
            else:
                self._print(f"{title} {number} of {total}", is_last=number == total)

    def _print(self, line: str, *, is_last: bool) -> None:
        if is_last or time.monotonic() - self.printed_monotonic > PRINT_INTERVAL_SECONDS:
            self.console.print(line)
            self.printed_monotonic = time.monotonic()


@contextmanager
def open_progress(console: Console) -> Iterator[ProgressReporter]:
    if not console.is_terminal:
        yield ProgressReporter(console)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield ProgressReporter(console, progress)
