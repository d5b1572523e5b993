"""`coursify check`: whether everything that an installation needs is there, and what to do about what is not."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.markup import escape

from coursify.checks.models import Finding, Installation, State, failure
from coursify.checks.run import run_checks
from coursify.commands.environment import find_sandbox, names_a_database
from coursify.core.environment import ConfigurationError
from coursify.core.settings import Settings, load_settings
from coursify.migrations.revisions import find_head

_MARKS: dict[State, str] = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "failure": "[bold red]✗[/]"}


def check(
    *,
    mail: str | None = None,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    data_dir: Annotated[Path | None, Parameter(env_var="COURSIFY_DATA_DIR", show=False)] = None,
) -> None:
    """Check settings, servers, Stripe, mail, media, clocks and disks. Exits with 1 when something will not work.

    Parameters
    ----------
    mail
        Send a test email to this address.
    json_
        Print the findings as JSON.
    """
    # What goes wrong is a finding, not a line of a log.
    logging.disable(logging.CRITICAL)
    try:
        found = asyncio.run(run_checks(Installation(_load(data_dir), find_head(), mail)))
    except ConfigurationError as error:
        found = _settings_findings(error)
    if json_:
        sys.stdout.write(json.dumps([asdict(finding) for finding in found], indent=2) + "\n")
    else:
        _print(found)
    sys.exit(1 if any(finding.state == "failure" for finding in found) else 0)


def _load(data_dir: Path | None) -> Settings:
    """The settings of the environment; without DATABASE_URL, those of a sandbox that runs here."""
    if not names_a_database():
        os.environ.update(find_sandbox(data_dir) or {})
    return load_settings()


def _settings_findings(error: ConfigurationError) -> list[Finding]:
    lines = [line.strip() for line in str(error).splitlines()]
    fix = "Correct it in the environment or the .env file; `coursify init` writes one (docs/operations/configure.md)."
    return [failure("settings", line, fix) for line in (lines[1:] or lines)]


def _print(found: list[Finding]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for finding in found:
        console.print(f"{_MARKS[finding.state]} [dim]{escape(finding.check)}[/]  {escape(finding.sentence)}")
        if finding.fix:
            console.print(f"    → {escape(finding.fix)}")
    failures = sum(finding.state == "failure" for finding in found)
    warnings = sum(finding.state == "warning" for finding in found)
    console.print(f"\n{failures} failures, {warnings} warnings")
