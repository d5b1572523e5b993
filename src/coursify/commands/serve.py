"""`coursify serve`: the API, in one process or several."""

from __future__ import annotations

import asyncio
import gc
import os
import pkgutil
import signal
import tempfile
import threading
from importlib.metadata import version
from types import FrameType
from typing import Annotated, Any

import uvloop
from cyclopts import Parameter
from granian.constants import Interfaces, Loops
from granian.server.embed import Server as EmbeddedServer
from granian.server.mp import MPServer

from coursify.commands.addresses import require_address
from coursify.commands.environment import load_or_exit
from coursify.core.draining import begin_draining
from coursify.core.folders import check_folders
from coursify.core.logging import configure_logging, log

# By name: in several processes the metrics library must not be imported before its folder is set.
APPLICATION = "coursify.app:create_app"
# Makes the application in one of several processes.
WORKER = "coursify.commands.serve:create_worker_app"
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
BACKLOG = 2048
RESPAWN_SECONDS = 0.5
DRAIN_SECONDS = 8
# The parent process tells its workers that they are about to stop.
DRAIN_SIGNAL = signal.SIGUSR1


def serve(
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, Parameter(env_var="PORT")] = 8000,
    workers: Annotated[int, Parameter(env_var="WEB_CONCURRENCY")] = 1,
) -> None:
    """Listen on HOST:PORT with WORKERS processes.

    On SIGTERM the API is not ready at once, serves for SHUTDOWN_DELAY_SECONDS more, and finishes running requests.
    """
    run_server(APPLICATION, WORKER, host=host, port=port, workers=workers)


def run_server(application: str, worker: str, *, host: str, port: int, workers: int) -> None:
    """Serve the ASGI application that `application` makes; in several processes, `worker` makes it in each of them."""
    settings = load_or_exit()
    # A server that is running already could not end with one sentence.
    check_folders(settings.media)
    address = require_address(host, port)
    if workers > 1:
        configure_logging(settings.app, is_forking=True)
        with tempfile.TemporaryDirectory(prefix="coursify-metrics-") as folder:
            os.environ[METRICS_FOLDER] = folder
            # Imported before the processes fork: they start sooner and share the memory.
            _import_application(application)
            _serve_many(worker, address, port, workers, settings.app.shutdown_delay_seconds)
    else:
        uvloop.run(_serve_one(application, address, port, settings.app.shutdown_delay_seconds))
    log.info("stopped")


def _import_application(application: str) -> Any:
    """Without garbage collection: it finds nothing in what modules define, and takes a fifth of the time of a start."""
    gc.disable()
    try:
        return pkgutil.resolve_name(application)
    finally:
        gc.freeze()
        gc.enable()


def _log_start(address: str, port: int, workers: int) -> None:
    host = f"[{address}]" if ":" in address else address
    log.info("serving", url=f"http://{host}:{port}", version=version("coursify"), workers=workers, pid=os.getpid())


def _serve_many(worker: str, host: str, port: int, workers: int, delay: float) -> None:
    _log_start(host, port, workers)
    # Ignored signals stay ignored in new processes: one that has no handler yet is not ended by it.
    signal.signal(DRAIN_SIGNAL, signal.SIG_IGN)
    fleet = _Fleet(
        worker,
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
    )
    fleet.delay = delay
    fleet.serve()


class _Fleet(MPServer):
    """Several processes. Their parent passes on that they are about to stop, waits, and stops them."""

    delay = 0.0
    _is_draining = False

    def signal_handler_interrupt(self, number: int, _frame: FrameType | None) -> None:
        is_immediate = self._is_draining or number != signal.SIGTERM
        self._is_draining = True
        if is_immediate:
            self._stop()
            return
        log.info("draining", seconds=self.delay)
        for worker in self.wrks:
            os.kill(worker.inner.pid, DRAIN_SIGNAL)
        timer = threading.Timer(self.delay, self._stop)
        timer.daemon = True
        timer.start()

    def _stop(self) -> None:
        log.info("stopping")
        self.interrupt_signal = True
        self.main_loop_interrupt.set()


def create_worker_app() -> Any:
    """The application in one of several processes."""
    drain_on_signal()
    return pkgutil.resolve_name(APPLICATION)()


def drain_on_signal() -> None:
    """The process learns from its parent that it is about to stop."""
    signal.signal(DRAIN_SIGNAL, lambda _number, _frame: begin_draining())


async def _serve_one(application: str, host: str, port: int, delay: float) -> None:
    """One process without a parent process, for containers and supervisors."""
    server = EmbeddedServer(
        _import_application(application)(),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        backlog=BACKLOG,
        log_enabled=False,
    )
    _log_start(host, port, 1)
    stop_requested = asyncio.create_task(_wait_for_stop(delay))
    serving = asyncio.create_task(server.serve())
    await asyncio.wait({serving, stop_requested}, return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]  # untyped in granian
        await asyncio.wait({serving}, timeout=DRAIN_SECONDS)
    stop_requested.cancel()
    if serving.done():
        serving.result()


async def _wait_for_stop(delay: float) -> None:
    """Returns `delay` seconds after SIGTERM, and at once after SIGINT or a second SIGTERM."""
    loop = asyncio.get_running_loop()
    asked, urged = asyncio.Event(), asyncio.Event()

    def on_terminate() -> None:
        (urged if asked.is_set() else asked).set()

    def on_interrupt() -> None:
        urged.set()
        asked.set()

    loop.add_signal_handler(signal.SIGTERM, on_terminate)
    loop.add_signal_handler(signal.SIGINT, on_interrupt)
    await asked.wait()
    begin_draining()
    if not urged.is_set() and delay:
        log.info("draining", seconds=delay)
        await asyncio.wait({asyncio.create_task(urged.wait())}, timeout=delay)
    log.info("stopping")
