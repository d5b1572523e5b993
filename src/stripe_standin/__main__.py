"""`python -m stripe_standin`: one stand-in, configured by environment variables."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server

from stripe_standin.app import create_app
from stripe_standin.config import MissingSettings, StandinConfig, read_config

LOOPBACK = "127.0.0.1"
BACKLOG = 1024
STOP_TIMEOUT = 1.5


def main() -> int:
    """Serve until SIGTERM or SIGINT; return the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s stripe %(levelname)s %(message)s")
    try:
        config = read_config(os.environ)
    except (MissingSettings, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    uvloop.run(serve(config))
    return 0


async def serve(config: StandinConfig) -> None:
    """Listen on 127.0.0.1 until SIGTERM or SIGINT; calls that hang are cut off."""
    server = Server(
        create_app(config),
        address=LOOPBACK,
        port=config.port,
        interface=Interfaces.ASGI,
        backlog=BACKLOG,
        websockets=False,
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    stop_event = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_event.set)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(stop_event.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]
        _, unfinished = await asyncio.wait((serving,), timeout=STOP_TIMEOUT)
        if unfinished:
            os._exit(0)
    serving.result()


if __name__ == "__main__":
    sys.exit(main())
