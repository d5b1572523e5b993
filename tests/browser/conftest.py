"""What the tests in a browser share: one API process on the database of the tests, and one Chromium."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from tests.support.chromium import Page, open_chromium
from tests.support.stripe_standin import free_port
from tests.support.system import System


@pytest.fixture(scope="session")
def demo_port() -> int:
    return free_port()


@pytest.fixture(scope="session")
def system(environment: dict[str, str], demo_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The API, which lets the pages of the demo in. Every test finds its database empty."""
    pages = {"CORS_ORIGINS": f"http://127.0.0.1:{demo_port}", "ENVIRONMENT": "test"}
    running = System(environment | pages, tmp_path_factory.mktemp("system"))
    running.start("serve")
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.stop()


@pytest.fixture
def worker(system: System, clean: None) -> Iterator[System]:
    """The system with a worker, which is registered in the database of this test alone."""
    system.start("worker")
    yield system
    system.end("worker")


@pytest.fixture(scope="session")
async def chromium(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Page]:
    async with open_chromium(tmp_path_factory.mktemp("chromium")) as page:
        yield page


@pytest.fixture
async def tab(chromium: Page) -> Page:
    """A tab that knows nothing of other tests."""
    await chromium.start_over()
    return chromium
