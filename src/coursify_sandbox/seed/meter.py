"""How far the seed has come: a moving bar for a person, a line now and then for a log."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Item = TypeVar("Item")
LINE_EVERY_SECONDS = 0.2


@dataclass
class Meter:
    """Tells of the items of one step after the other."""

    console: Console
    progress: Progress | None = None
    told_at: float = field(default=0.0)

    def follow(self, items: Iterable[Item], title: str, total: int) -> Iterator[Item]:
        """The items themselves, told of as they go by."""
        task = self.progress.add_task(title, total=total) if self.progress else None
        for number, item in enumerate(items, start=1):
            yield item
            if self.progress and task is not None:
                self.progress.update(task, completed=number)
            else:
                self._tell(f"{title} {number} of {total}", is_last=number == total)

    def _tell(self, line: str, *, is_last: bool) -> None:
        if is_last or time.monotonic() - self.told_at > LINE_EVERY_SECONDS:
            self.console.print(line)
            self.told_at = time.monotonic()


@contextmanager
def open_meter(console: Console) -> Iterator[Meter]:
    if not console.is_terminal:
        yield Meter(console)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Meter(console, progress)
