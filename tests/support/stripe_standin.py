"""A stand-in for Stripe as a separate process, for tests that call it over HTTP."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tests.support.plain_http import PLAIN

STARTS_WITHIN = 20.0
STOPS_WITHIN = 5.0


@dataclass
class StripeStandin:
    """A running stand-in and its keys; `kill` and `start` restart it."""

    port: int
    state_dir: Path
    webhook_url: str
    clock_file: Path
    secret_key: str = field(default_factory=lambda: f"sk_test_{secrets.token_hex(24)}")
    publishable_key: str = field(default_factory=lambda: f"pk_test_{secrets.token_hex(24)}")
    webhook_secret: str = field(default_factory=lambda: f"whsec_{secrets.token_hex(24)}")
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the process and wait until it answers."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("STRIPE_")}
        environment |= {
            "STRIPE_STANDIN_PORT": str(self.port),
            "STRIPE_STANDIN_STATE": str(self.state_dir / "stripe.sqlite3"),
            "STRIPE_SECRET_KEY": self.secret_key,
            "STRIPE_PUBLISHABLE_KEY": self.publishable_key,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
            "STRIPE_WEBHOOK_URL": self.webhook_url,
            "CLOCK_OFFSET_FILE": str(self.clock_file),
        }
        command = [sys.executable, "-m", "stripe_standin"]
        self.process = subprocess.Popen(command, env=environment)
        deadline = time.monotonic() + STARTS_WITHIN
        while not self.answers():
            if self.process.poll() is not None:
                message = f"The Stripe stand-in ended with status {self.process.returncode} before it answered."
                raise RuntimeError(message)
            if time.monotonic() > deadline:
                message = "The Stripe stand-in did not answer in time."
                raise RuntimeError(message)
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it accepts connections."""
        with socket.socket() as probe:
            probe.settimeout(1.0)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        """Ask it to stop and wait until it has."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(STOPS_WITHIN)

    def kill(self) -> None:
        """Kills it (kill -9)."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(STOPS_WITHIN)

    def control(self, method: str, path: str, body: object = None) -> Any:
        """The response of the control API."""
        answer = httpx.request(method, f"{self.url}/_control/{path}", json=body, timeout=90, **PLAIN)
        answer.raise_for_status()
        return answer.json()

    def set_faults(self, **faults: object) -> Any:
        """Replaces the faults; without arguments it removes them."""
        return self.control("POST", "faults", faults)

    def set_settings(self, **settings: object) -> Any:
        """Set these and give every other setting its default: `debit_days`, how long a bank debit takes."""
        return self.control("POST", "settings", settings)

    def advance(self, *, days: float = 0.0, seconds: float = 0.0) -> Any:
        """Move the clock forward and do what became due."""
        return self.control("POST", "clock", {"advance_seconds": days * 24 * 3600 + seconds})

    def settle_intent(self, intent_id: str, status: str, **how: object) -> Any:
        """Let an open payment become processing, succeeded (`amount_received`) or failed (`code`)."""
        return self.control("POST", f"payment_intents/{intent_id}", {"status": status} | how)

    def open_dispute(self, intent_id: str, **how: object) -> Any:
        """Let a bank dispute a payment; `amount`, `currency`, `reason` and `inquiry` may be named."""
        return self.control("POST", "disputes", {"payment_intent": intent_id} | how)

    def settle_dispute(self, dispute_id: str, status: str) -> Any:
        """Let a dispute be won, lost, under_review, …; from any status to any other."""
        return self.control("POST", f"disputes/{dispute_id}", {"status": status})

    def open_refund(self, intent_id: str, **how: object) -> Any:
        """Refund a payment in the dashboard; `amount`, `currency` and `status` may be named."""
        return self.control("POST", "refunds", {"payment_intent": intent_id} | how)

    def refund_charge_without_intent(self) -> Any:
        """Let another product on the account charge by the older Charges API, and give the money back."""
        return self.control("POST", "refunds", {"charge": self.control("POST", "charges")["id"]})

    def settle_refund(self, refund_id: str, status: str) -> Any:
        """Let a refund be pending, requires_action, succeeded, failed or canceled; from any status to any other."""
        return self.control("POST", f"refunds/{refund_id}", {"status": status})

    def forget(self, object_id: str) -> Any:
        """Deletes the object at Stripe."""
        return self.control("POST", "forget", {"id": object_id})

    def flush(self, limit_seconds: float = 10.0) -> Any:
        """Delivers every pending webhook and returns the counts."""
        return self.control("POST", "flush", {"limit_seconds": limit_seconds})

    def ledger(self) -> Any:
        """Every payment and refund at the provider."""
        return self.control("GET", "ledger")


def start_stripe_standin(
    state_dir: Path,
    webhook_url: str = "",
    *,
    port: int | None = None,
    clock_file: Path | None = None,
    keys: dict[str, str] | None = None,
) -> StripeStandin:
    """A started stand-in on a free port; `keys` may fix secret_key, publishable_key and webhook_secret."""
    state_dir.mkdir(parents=True, exist_ok=True)
    standin = StripeStandin(
        port=port or free_port(),
        state_dir=state_dir,
        webhook_url=webhook_url,
        clock_file=clock_file or state_dir / "clock",
    )
    for name, key in (keys or {}).items():
        setattr(standin, name, key)
    standin.start()
    return standin


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
