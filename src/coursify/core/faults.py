"""Faults of ours, the causes of a 500 and of a failed job, for a service that collects them (SENTRY_DSN)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Report = Callable[[BaseException, dict[str, str]], None]

_reports: list[Report] = []


def report_fault(error: BaseException, **tags: str) -> None:
    """Hand over a fault; `tags` are ids and names of a closed set, never values of people."""
    for report in _reports:
        report(error, tags)


@contextmanager
def reporting_faults(report: Report) -> Iterator[None]:
    """Call `report` with every fault of this process until the block ends. It must not block or raise."""
    _reports.append(report)
    try:
        yield
    finally:
        _reports.remove(report)
