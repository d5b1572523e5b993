"""Chromium without a window, driven over the DevTools protocol through two pipes: no port, no library."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import shutil
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PATH = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    # Every other name and address fails, so that nothing leaves this machine even if it is asked for.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
)


# Chromium reads commands from descriptor 3 and writes to 4.
START = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


@dataclass
class Page:
    """One tab. `requests` are the hosts of everything that it asked for; `errors` is what its console said."""

    commands: int
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    session: str | None = None
    context: str | None = None
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _waiting: dict[int, asyncio.Future[Any]] = field(default_factory=dict)

    async def call(self, method: str, **parameters: Any) -> Any:
        number = next(self._ids)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.commands, json.dumps(message).encode() + b"\0")
        return await asyncio.wait_for(answer, 20)

    async def run(self, script: str) -> Any:
        """The value of an expression; a promise is awaited."""
        answer = await self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    async def start_over(self) -> None:
        """Another tab, without cookies, windows or errors of the one before."""
        before, self.session = self.context, None
        if before:
            await self.call("Target.disposeBrowserContext", browserContextId=before)
        self.context = (await self.call("Target.createBrowserContext"))["browserContextId"]
        target = await self.call("Target.createTarget", url="about:blank", browserContextId=self.context)
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            await self.call(f"{domain}.enable")
        self.requests.clear()
        self.errors.clear()

    async def open(self, url: str) -> None:
        await self.call("Page.navigate", url=url)

    async def until(self, condition: str, seconds: float) -> float:
        """Wait until an expression is true; the seconds that it took."""
        began = time.monotonic()
        while not await self.run(f"Boolean({condition})"):
            assert time.monotonic() - began < seconds, (
                condition,
                await self.run("document.body.innerText"),
                self.errors,
            )
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    def receive(self, message: dict[str, Any]) -> None:
        if "id" in message:
            waiting = self._waiting.pop(message["id"], None)
            if waiting and not waiting.done():
                if "error" in message:
                    waiting.set_exception(AssertionError(message["error"]))
                else:
                    waiting.set_result(message["result"])
        elif message["method"] == "Network.requestWillBeSent":
            address = urlsplit(message["params"]["request"]["url"])
            self.requests.append(address.hostname or address.scheme)
        elif message["method"] == "Log.entryAdded":
            self.errors.append(message["params"]["entry"]["text"])
        elif message["method"] == "Runtime.consoleAPICalled" and message["params"]["type"] in {"error", "assert"}:
            self.errors.append(json.dumps(message["params"]["args"]))
        elif message["method"] == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(message["params"]["exceptionDetails"]))


@contextlib.asynccontextmanager
async def open_chromium(profile: Path) -> Any:
    """A page of a new browser, which ends with the block."""
    assert PATH, "install Chromium: apt-get install chromium"
    their_input, our_output = os.pipe()
    our_input, their_output = os.pipe()

    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", START, str(their_input), str(their_output)),
        *(PATH, *OPTIONS, f"--user-data-dir={profile}", "about:blank"),
        pass_fds=(their_input, their_output),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    os.close(their_input)
    os.close(their_output)
    page = Page(our_output)
    loop = asyncio.get_running_loop()
    threading.Thread(target=_read, args=(our_input, loop, page), daemon=True).start()
    try:
        await page.start_over()
        yield page
    finally:
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), 10)
        except TimeoutError:
            process.kill()
            await process.wait()
        os.close(our_output)


def _read(descriptor: int, loop: asyncio.AbstractEventLoop, page: Page) -> None:
    """Messages end with a zero byte; the pipe ends with the browser."""
    rest = b""
    while chunk := os.read(descriptor, 65_536):
        *messages, rest = (rest + chunk).split(b"\0")
        for message in messages:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(page.receive, json.loads(message))
    os.close(descriptor)
