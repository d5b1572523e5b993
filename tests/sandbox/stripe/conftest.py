"""A running stand-in, a receiver of its webhooks, and the official SDK as its client."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin, start_stripe_standin

# The SDK passes its form to httpx in a deprecated way.
SDK_WARNING = "ignore:Use 'content=<...>' to upload raw bytes/text content:DeprecationWarning"


@dataclass
class Receiver:
    """Records webhooks; responds with the next status in `statuses`, and then with 200."""

    server: ThreadingHTTPServer
    webhooks: list[tuple[bytes, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/webhooks"

    def events(self, about: str = "") -> list[dict[str, Any]]:
        """The received events, oldest first; with `about` those that contain this id."""
        events: list[dict[str, Any]] = [json.loads(body) for body, _ in list(self.webhooks)]
        return [event for event in events if about in json.dumps(event["data"]["object"])]

    def types(self, about: str = "") -> list[str]:
        return [event["type"] for event in self.events(about)]

    def wait_for(self, event_type: str, about: str = "", seconds: float = 10.0) -> dict[str, Any]:
        """Wait for the first event of a type about an object."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for event in self.events(about):
                if event["type"] == event_type:
                    return event
            time.sleep(0.02)
        message = f"no event {event_type} about {about}, only {self.types(about)}"
        raise AssertionError(message)


@contextmanager
def run_receiver() -> Iterator[Receiver]:
    """Run a receiver on a free port in other threads."""
    created: Receiver

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            created.webhooks.append((body, self.headers["Stripe-Signature"]))
            self.send_response(created.statuses.pop(0) if created.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    created = Receiver(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield created
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with run_receiver() as created:
        yield created


@pytest.fixture
def other() -> Iterator[Receiver]:
    """A second receiver."""
    with run_receiver() as created:
        yield created


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[StripeStandin]:
    standin = start_stripe_standin(tmp_path_factory.mktemp("stripe"), receiver.url)
    yield standin
    standin.stop()


@pytest.fixture
def standin(running: StripeStandin, receiver: Receiver) -> Iterator[StripeStandin]:
    """The stand-in, reset after the test to no faults and real time."""
    yield running
    receiver.statuses.clear()
    running.set_faults()
    running.control("POST", "clock", {"offset_seconds": 0})


@pytest.fixture(scope="module")
async def client(running: StripeStandin) -> AsyncIterator[stripe.StripeClient]:
    """The official SDK, asynchronous, with the address of the stand-in and without retries."""
    http = stripe.HTTPXClient(timeout=2.0)
    yield stripe.StripeClient(
        running.secret_key,
        base_addresses={"api": running.url},
        http_client=http,
        max_network_retries=0,
    )
    await http.close_async()  # type: ignore[no-untyped-call]


@pytest.fixture
def browser(standin: StripeStandin) -> Iterator[httpx.Client]:
    """A client without the secret key."""
    with httpx.Client(base_url=standin.url, **PLAIN) as created:
        yield created


@pytest.fixture
def raw(standin: StripeStandin) -> Iterator[httpx.Client]:
    """A plain HTTP client with the secret key."""
    headers = {"Authorization": f"Bearer {standin.secret_key}"}
    with httpx.Client(base_url=standin.url, headers=headers, **PLAIN, timeout=10) as created:
        yield created


@pytest.fixture(scope="session")
def samples() -> dict[str, Any]:
    """Stripe's sample objects, if they are available; they are not part of the project."""
    path = Path(__file__).parents[4] / "shared" / "stripe" / "fixtures3.json"
    if not path.exists():
        pytest.skip("Stripe's sample objects (fixtures3.json of stripe/openapi) are not available")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["resources"]
    return found
