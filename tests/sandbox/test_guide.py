"""/guide and /demo as the sandbox serves them: pages without script, links that lead somewhere, strict policies."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.support.application import client_to

from coursify.app import build
from coursify.core.settings import Settings
from coursify_sandbox import demo
from coursify_sandbox.errors import SandboxError
from coursify_sandbox.guide import routes
from coursify_sandbox.guide.render import DOCS, PAGES, RESOURCES, render_page
from coursify_sandbox.serve import create_app

RUN = {
    "demo": "http://127.0.0.1:20001/demo/",
    "guide": "http://127.0.0.1:20001/guide",
    "mailbox": "http://127.0.0.1:20002",
    "stripe": None,
    "accounts": [
        {"role": "admin", "email": "admin@example.com", "password": "an-admin-1!"},
        {"role": "student", "email": "student@example.com", "password": "a-long-one-1!"},
    ],
}


@pytest.fixture
async def sandbox(settings: Settings, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(RUN))
    changes = {"environment": "sandbox", "sandbox_file": file}
    settings = dataclasses.replace(settings, app=settings.app.model_copy(update=changes))
    app = build(settings)
    demo.install(app, settings)
    routes.install(app)
    async with client_to(app, settings) as client:
        yield client


@pytest.mark.anyio
async def test_the_demo_is_served_with_a_strict_policy(sandbox: httpx.AsyncClient) -> None:
    moved = await sandbox.get("/demo")
    assert (moved.status_code, moved.headers["location"]) == (308, "/demo/")
    page = await sandbox.get("/demo/")
    assert page.status_code == 200
    assert "<title>" in page.text
    for answer in (page, await sandbox.get("/demo/store/main.js")):
        assert "script-src 'self';" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-request-id"]
    assert (await sandbox.head("/demo/")).status_code == 200
    for path in ("/demo/nothing.js", "/demo/../README.md", "/demo/%2e%2e/README.md"):
        assert (await sandbox.get(path)).status_code == 404


@pytest.mark.anyio
async def test_the_demo_knows_the_sample_student_and_no_other_account(sandbox: httpx.AsyncClient) -> None:
    config = await sandbox.get("/demo/config.json")
    assert config.headers["cache-control"] == "no-store"
    assert config.json()["email"] == "student@example.com"
    assert config.json()["mailbox"] == RUN["mailbox"]
    assert "admin" not in config.text


@pytest.mark.anyio
async def test_production_has_neither(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/demo", "/demo/", "/demo/config.json", "/guide", "/guide/orders"):
        assert (await client.get(path)).status_code == 404
    monkeypatch.setattr("coursify_sandbox.serve.load_settings", _production)
    with pytest.raises(SandboxError):
        create_app()


def _production() -> Settings:
    class Production:
        environment = "production"

    class OfProduction:
        app = Production

    return OfProduction()  # type: ignore[return-value]  # only its environment is read


@pytest.mark.anyio
async def test_the_guide_is_served_beside_the_reference(sandbox: httpx.AsyncClient) -> None:
    for path in ("/guide", "/guide/orders", "/guide/storefront"):
        page = await sandbox.get(path)
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["content-security-policy"] == routes.POLICY
        assert 'href="/docs"' in page.text
    assert (await sandbox.get("/guide/guide.css")).headers["content-type"].startswith("text/css")
    assert (await sandbox.get("/guide/nothing")).json()["error"]["code"] == "not_found"


@pytest.mark.parametrize("name", PAGES)
def test_every_guide_is_a_page_without_script_or_a_dead_link(name: str) -> None:
    page = render_page(name)
    assert page
    assert "<script" not in page
    assert "style=" not in page
    assert 'href="../' not in page
    for address, anchor in re.findall(r'href="(/guide[/\w-]*)?#([^"]+)"', page):
        target = render_page(address.removeprefix("/guide").strip("/") or "guide") if address else page
        assert target
        assert f'id="{anchor}"' in target, f"{address}#{anchor}"


@pytest.mark.parametrize("name", RESOURCES)
def test_requests_stand_in_three_languages_beside_their_answer(name: str) -> None:
    page = render_page(name)
    assert page
    for language in ("curl", "Python", "TypeScript", "Answer"):
        assert f"<figcaption>{language}</figcaption>" in page


def test_every_page_of_the_folder_is_served() -> None:
    served = {file for file, _title in PAGES.values()}
    assert {f"guide/{path.name}" for path in (DOCS / "guide").iterdir()} <= served


@pytest.mark.parametrize("name", ["../README", "nothing", ""])
def test_an_unknown_guide_is_none(name: str) -> None:
    assert render_page(name) is None
