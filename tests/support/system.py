"""The application as an API process and a worker process, which a test can kill and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import httpx
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import free_port

Part = Literal["serve", "worker"]
READY_WITHIN = 90.0


@dataclass
class System:
    """Both processes with one environment; `kill` is a kill -9."""

    environment: dict[str, str]
    folder: Path
    port: int = field(default_factory=free_port)
    # `sandbox serve` adds the demo and the guide.
    serve_command: tuple[str, ...] = ("serve",)
    processes: dict[Part, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, part: Part) -> None:
        words = [*self.serve_command, "--port", str(self.port)] if part == "serve" else [part]
        command = [sys.executable, "-m", "coursify", *words]
        environment = os.environ | self.environment | {"PUBLIC_URL": self.url}
        with (self.folder / f"{part}.log").open("ab") as log:
            self.processes[part] = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def kill(self, part: Part) -> None:
        self.processes[part].send_signal(signal.SIGKILL)
        self.processes[part].wait()

    def restart(self, part: Part) -> None:
        self.kill(part)
        self.start(part)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                if httpx.get(f"{self.url}/health/ready", **PLAIN).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            assert time.monotonic() < deadline, (self.folder / "serve.log").read_text()[-3000:]
            time.sleep(0.05)

    def end(self, part: Part) -> None:
        """Let it finish what it does, and wait for that."""
        process = self.processes.pop(part)
        process.terminate()
        process.wait(20)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(20)
