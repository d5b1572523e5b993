"""`python -m coursify_sandbox.mailbox`: one mailbox, configured by environment variables."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server

from coursify_sandbox.mailbox.app import create_app
from coursify_sandbox.mailbox.config import MailboxConfig, MissingSettings, read_config
from coursify_sandbox.mailbox.mailbox import open_mailbox

STOP_TIMEOUT = 0.3


def main() -> int:
    try:
        config = read_config(os.environ)
    except (MissingSettings, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    uvloop.run(serve(config))
    return 0


async def serve(config: MailboxConfig) -> None:
    """Listen on 127.0.0.1 until SIGTERM or SIGINT; calls that hang are cut off."""
    server = Server(
        create_app(open_mailbox(config)),
        address="127.0.0.1",
        port=config.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    stop_event = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop_event.set)
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
