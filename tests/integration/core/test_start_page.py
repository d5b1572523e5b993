"""/ and /docs in a sandbox and outside of one."""

from __future__ import annotations

import dataclasses
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.support.application import client_of

from coursify.core.sandbox import find_sandbox
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio
HTML = {"Accept": "text/html,*/*;q=0.8"}
RUN = {
    "demo": "http://127.0.0.1:20001/demo/",
    "guide": "http://127.0.0.1:20001/guide",
    "mailbox": "http://127.0.0.1:20002",
    "stripe": None,
    "accounts": [{"role": "student", "email": "student@example.com", "password": "a<b>-long-one-1!"}],
    "databaseUrl": "postgresql://secret",
}


@pytest.fixture
async def sandbox(settings: Settings, clean: None, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application that runs in a sandbox, and whose pages of this machine may call it."""
    file = tmp_path / "run.json"
    file.write_text(json.dumps(RUN))
    origins = ("http://localhost:*", "http://127.0.0.1:*")
    changes = {"environment": "sandbox", "sandbox_file": file, "cors_origins": origins}
    async with client_of(dataclasses.replace(settings, app=settings.app.model_copy(update=changes))) as opened:
        yield opened


async def test_the_first_page_tells_a_person_where_everything_is(sandbox: httpx.AsyncClient) -> None:
    page = await sandbox.get("/", headers=HTML)
    assert page.headers["content-type"].startswith("text/html")
    for link in ("/docs", "/admin", "/teach", RUN["demo"], RUN["guide"], RUN["mailbox"]):
        assert f'href="{link}"' in page.text
    assert "student@example.com" in page.text
    assert "a&lt;b&gt;-long-one-1!" in page.text
    assert "secret" not in page.text
    assert (await sandbox.get("/")).json()["data"]["links"]["docs"] == "/docs"


async def test_the_documentation_signs_in_with_a_sample_account(sandbox: httpx.AsyncClient) -> None:
    answer = await sandbox.get("/docs/accounts.json")
    assert answer.json()["data"] == RUN["accounts"]
    assert answer.headers["cache-control"] == "no-store"


async def test_outside_of_a_sandbox_nobody_learns_an_account(client: httpx.AsyncClient, tmp_path: Path) -> None:
    assert (await client.get("/docs/accounts.json")).status_code == 404
    assert (await client.get("/", headers=HTML)).headers["content-type"] == "application/json"


async def test_a_production_reads_no_file_of_a_sandbox(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(RUN))
    for environment, found in (("production", False), ("test", False), ("sandbox", True)):
        app = settings.app.model_copy(update={"environment": environment, "sandbox_file": file})
        assert (find_sandbox(app) is not None) is found
    file.write_text("{}")
    assert find_sandbox(settings.app.model_copy(update={"environment": "sandbox", "sandbox_file": file})) is None


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:5173"])
async def test_pages_of_this_machine_may_call_the_sandbox(sandbox: httpx.AsyncClient, origin: str) -> None:
    answer = await sandbox.get("/api/v1/courses", headers={"Origin": origin})
    assert answer.headers["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    "origin",
    [
        "http://localhost.evil.example:80",
        "http://localhost:80.evil.example",
        "https://localhost:3000",
        "http://localhost:",
        "http://127.0.0.1:3000/",
        "http://127x0.0.1:3000",
        "null",
    ],
)
async def test_no_other_page_may(sandbox: httpx.AsyncClient, origin: str) -> None:
    answer = await sandbox.get("/api/v1/courses", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers


async def test_the_documentation_is_small_and_kept(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    bundle = next(part.partition('"')[0] for part in page.text.split('src="')[1:] if "bundle" in part)
    for path in (bundle, "/openapi.json"):
        packed = await client.get(path, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip", path
        assert "max-age" in packed.headers["cache-control"]
        plain = await client.get(path, headers={"Accept-Encoding": "identity"})
        assert plain.content == packed.content
        assert len(gzip.compress(plain.content)) < 600_000
    assert "immutable" in (await client.get(bundle)).headers["cache-control"]
    document = await client.get("/openapi.json")
    again = await client.get("/openapi.json", headers={"If-None-Match": document.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get("/docs/assets/README.md")).status_code == 404
