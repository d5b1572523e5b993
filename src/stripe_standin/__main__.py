"""`python -m stripe_standin`: one stand-in in one process, set up by its environment."""

import asyncio
import logging
import os
import signal
import sys

from granian.constants import Interfaces
from granian.server.embed import Server

from stripe_standin.app import create_app
from stripe_standin.config import SettingsMissing, StandinConfig, read_config

LOOPBACK = "127.0.0.1"
BACKLOG = 1024
STOPS_WITHIN = 1.5


def main() -> int:
    """Serve until SIGTERM or SIGINT; the exit status says whether it could."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s stripe %(levelname)s %(message)s")
    try:
        config = read_config(os.environ)
    except (SettingsMissing, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    asyncio.run(serve(config))
    return 0


async def serve(config: StandinConfig) -> None:
    """Listen on loopback until told to stop; calls that hang are cut off, for all that was answered is stored."""
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
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop.set)
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.create_task(told_to_stop.wait())
    await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not serving.done():
        server.stop()  # type: ignore[no-untyped-call]
        _, unfinished = await asyncio.wait((serving,), timeout=STOPS_WITHIN)
        if unfinished:
            os._exit(0)
    serving.result()


if __name__ == "__main__":
    sys.exit(main())
