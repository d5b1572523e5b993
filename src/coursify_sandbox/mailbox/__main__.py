"""`python -m coursify_sandbox.mailbox`: one mailbox in one process, set up by its environment."""

import asyncio
import os
import signal
import sys

from granian.constants import Interfaces
from granian.server.embed import Server

from coursify_sandbox.mailbox.app import create_app
from coursify_sandbox.mailbox.config import MailboxConfig, SettingsMissing, read_config

STOPS_WITHIN = 0.3


def main() -> int:
    try:
        config = read_config(os.environ)
    except (SettingsMissing, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    asyncio.run(serve(config))
    return 0


async def serve(config: MailboxConfig) -> None:
    """Listen on loopback until told to stop; calls that hang are cut off, for what was answered is stored."""
    server = Server(
        create_app(config),
        address="127.0.0.1",
        port=config.port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_enabled=False,
    )
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
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
