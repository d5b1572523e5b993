"""Which tests run in one process, which first, and a list of the slow ones. The conftest registers it as a plugin."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SLOW_SECONDS = 3.0
# Files with fixtures for all their tests (scope="module"). Tests of other files may run in any process, in any order.
IN_ONE_PROCESS = (
    "tests/attacks/test_g_bodies.py",
    "tests/backup/test_backups.py",
    "tests/browser/test_demo.py",
    "tests/browser/test_first_minutes.py",
    "tests/deploy/",
    "tests/faults/test_postgres_restarts.py",
    "tests/house/test_openapi.py",
    "tests/house/test_personal_data.py",
    "tests/house/test_statements.py",
    "tests/integration/identity/test_attempt_limits.py",
    "tests/integration/invariants/",
    "tests/operations/test_watching.py",
    "tests/sandbox/stripe/",
    "tests/sandbox/test_seed.py",
    "tests/sandbox/test_tour.py",
    "tests/unit/core/test_security.py",
    "tests/unit/integrations/test_optional_fields.py",
    "tests/wheel/",
)
# Files that share a fixture of their folder (scope="package"): it ends with the last of them.
TOGETHER = (
    "tests/clients/",
    "tests/prove/test_enumeration.py",
    "tests/prove/test_ratings.py",
    "tests/prove/test_revocation.py",
    "tests/prove/test_rotation.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In several processes the slow tests begin first: at the end no process waits for a long one of another."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


class FilesTogether(LoadScopeScheduling):
    """Each test goes to the next free process; the tests of one such file go together."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        if file.startswith(TOGETHER):
            return file.rpartition("/")[0]
        return file if file.startswith(IN_ONE_PROCESS) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesTogether | None:
    """For `--dist loadgroup`, which by itself groups by a mark that each test would need."""
    return FilesTogether(config, log) if config.getvalue("dist") == "loadgroup" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Lists the tests that were slow and are not marked `slow`."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    unmarked = sorted(
        (
            report
            for report in reports
            if isinstance(report, pytest.TestReport)
            and report.when == "call"
            and report.duration > SLOW_SECONDS
            and "slow" not in report.keywords
        ),
        key=lambda report: -report.duration,
    )
    if unmarked:
        terminalreporter.section(f"slower than {SLOW_SECONDS:.0f} s here and not marked as slow")
        for report in unmarked:
            terminalreporter.line(f"{report.duration:.1f}s {report.nodeid}")
