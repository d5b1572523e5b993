"""`coursify serve`: the API, in one process or several."""

from __future__ import annotations

import asyncio
import os
import pkgutil
import signal
import tempfile
from typing import Annotated

import uvloop
from cyclopts import Parameter
from granian.constants import Interfaces, Loops
from granian.server import Server
from granian.server.embed import Server as EmbeddedServer

from coursify.commands.environment import load_or_exit
from coursify.core.folders import check_folders

# By name: in several processes the metrics library must not be imported before its folder is set.
APPLICATION = "coursify.app:create_app"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BACKLOG = 2048
RESPAWN_SECONDS = 0.5
DRAIN_SECONDS = 8


def serve(
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, Parameter(env_var="PORT")] = 8000,
    workers: Annotated[int, Parameter(env_var="WEB_CONCURRENCY")] = 1,
) -> None:
    """Listen on HOST:PORT with WORKERS processes. On SIGTERM running requests finish first."""
    # A server that is running already could not end with one sentence.
    check_folders(load_or_exit().media)
    if workers > 1:
        with tempfile.TemporaryDirectory(prefix="coursify-metrics-") as folder:
            os.environ[METRICS_FOLDER] = folder
            # Imported before the processes fork: they start sooner and share the memory.
            pkgutil.resolve_name(APPLICATION)
            _serve_many(host, port, workers)
    else:
        uvloop.run(_serve_one(host, port))


def _serve_many(host: str, port: int, workers: int) -> None:
    Server(
        APPLICATION,
        factory=True,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        websockets=False,
        backlog=BACKLOG,
        log_enabled=False,
        respawn_failed_workers=True,
        respawn_interval=RESPAWN_SECONDS,
        workers_kill_timeout=DRAIN_SECONDS,
    ).serve()


async def _serve_one(host: str, port: int) -> None:
    """One process without a parent process, for containers and supervisors."""
    server = EmbeddedServer(
        pkgutil.resolve_name(APPLICATION)(),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        backlog=BACKLOG,
        log_enabled=False,
    )
    stop_requested = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_requested.set)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop_requested.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]  # untyped in granian
        await asyncio.wait({serving}, timeout=DRAIN_SECONDS)
    stopping.cancel()
    if serving.done():
        serving.result()
