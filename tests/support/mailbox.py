"""The mailbox as a separate process, in which tests read the emails that were sent."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import free_port

STARTS_WITHIN = 20.0


@dataclass
class Mailbox:
    """A running mailbox and its API key."""

    state: Path
    port: int = field(default_factory=free_port)
    api_key: str = field(default_factory=lambda: f"SG.{secrets.token_urlsafe(32)}")
    process: subprocess.Popen[bytes] | None = None

    @cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, **PLAIN)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = os.environ | {
            "MAILBOX_PORT": str(self.port),
            "MAILBOX_STATE": str(self.state),
            "SENDGRID_API_KEY": self.api_key,
        }
        self.process = subprocess.Popen([sys.executable, "-m", "coursify_sandbox.mailbox"], env=environment)
        deadline = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                self.messages()
            except httpx.TransportError:
                assert self.process.poll() is None, "the mailbox ended before it answered"
                assert time.monotonic() < deadline, "the mailbox did not answer in time"
                time.sleep(0.05)
            else:
                return

    def messages(self, to: str | None = None) -> list[dict[str, Any]]:
        """The emails that arrived, for one address or for all."""
        answer = self._client.get("/api/messages", params={"to": to} if to else {})
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    def erasures(self) -> list[str]:
        """The addresses that the provider was asked to erase."""
        answer = self._client.get("/_control/erasures")
        answer.raise_for_status()
        found: list[str] = answer.json()
        return found

    def message_keys(self, to: str | None = None) -> list[str]:
        return sorted(message["messageKey"] for message in self.messages(to))

    def set_faults(self, **shares: float) -> None:
        self._client.post("/_control/faults", json=shares).raise_for_status()

    def clear(self) -> None:
        """Deletes every email and every fault."""
        self._client.delete("/api/messages").raise_for_status()
        self.set_faults()

    def stop(self) -> None:
        self._client.close()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(5)


def start_mailbox(folder: Path) -> Mailbox:
    mailbox = Mailbox(state=folder / "mailbox.state")
    mailbox.start()
    return mailbox
