"""The limit of PostgreSQL: pgbench sends the statements that ours sends for some requests, with their parameters."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.drive import Round
from bench.processes import cpu_seconds
from bench.system import DATABASE, SERVER_CORE, System
from coursify import app as application
from coursify.core import database
from coursify.core.counted import STATEMENTS
from coursify.core.logging import configure_logging
from coursify.core.settings import load_settings

# Each client plans each script once, so they are few, and run for long enough.
SCRIPTS = 16
CLIENTS = 8
LEAST_SECONDS = 10
END = re.compile(r"\A(COMMIT|ROLLBACK|BEGIN)\b", re.IGNORECASE)


async def record(system: System, requests: list[str]) -> list[str]:
    """For each line of a file of requests, what ours sends to PostgreSQL when it is warm, as a script."""
    os.environ.update(system.environment() | {"LOG_LEVEL": "ERROR"})
    settings = load_settings()
    configure_logging(settings.app)
    app = application.build(settings)
    async with app.router.lifespan_context(app):
        wrapped = application.wrap(app, settings)
        transport = httpx.ASGITransport(wrapped)
        async with httpx.AsyncClient(transport=transport, base_url=system.url) as client:
            lines = requests[:SCRIPTS]
            # The first time fills the caches.
            return [await _script_of(system, client, line) for line in [*lines, *lines]][len(lines) :]


async def _script_of(system: System, client: httpx.AsyncClient, line: str) -> str:
    method, path, headers, body = line.split("\t", 3)
    sent: list[tuple[str, Mapping[str, Any]]] = []

    async def note(sql: str, params: Mapping[str, Any]) -> None:
        if STATEMENTS.get() is not None:
            sent.append((sql, params))

    database.before_statement = note
    try:
        given = dict(header.split(":", 1) for header in headers.split("|") if header)
        answer = await client.request(method, path, headers=given, content=body)
    finally:
        database.before_statement = None
    if answer.status_code != 200:
        raise RuntimeError(f"{method} {path}: {answer.text}")
    with psycopg.connect(system.owner_url) as db:
        cursor = psycopg.ClientCursor(db)
        literal = [" ".join(cursor.mogrify(sql, params).split()) for sql, params in sent if not END.match(sql)]
    lines = [f"{text};" for text in literal]
    if any(sql == "COMMIT" for sql, _params in sent):
        lines = ["BEGIN;", *lines, "COMMIT;"]
    return "\n".join(lines) + "\n"


def measure_statements(system: System, scripts: list[str], *, seconds: float) -> Round:
    """As many runs of the scripts as some connections can make, each statement prepared once."""
    folder = system.folder / "pgbench"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    command = ["taskset", "-c", str(SERVER_CORE)] if SERVER_CORE is not None else []
    command += [str(system.cluster.paths.binaries / "pgbench"), "--no-vacuum", "--protocol=prepared"]
    command += [f"--client={CLIENTS}", f"--time={max(LEAST_SECONDS, round(seconds))}"]
    for number, script in enumerate(scripts):
        path = folder / f"{number}.sql"
        path.write_text(script)
        command.append(f"--file={path}")
    postgres = system.processes["postgres"].pid
    before = cpu_seconds(postgres)
    done = subprocess.run(
        [*command, system.cluster.app_url(DATABASE)], check=False, capture_output=True, text=True, cwd=Path("/")
    )
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    latency = re.search(r"^latency average = ([\d.]+)", done.stdout, re.MULTILINE)
    count = re.search(r"transactions actually processed: (\d+)", done.stdout)
    if not (found and latency and count):
        raise RuntimeError(f"pgbench ended without figures: {done.stdout[-500:]}{done.stderr[-1500:]}")
    cost = (cpu_seconds(postgres) - before) / max(1, int(count[1])) * 1e6
    average = float(latency[1])
    return Round(float(found[1]), average, average, average, 0.0, cost, 0, 0.0, 0, 0.0, int(count[1]))
