"""/demo: the files of `demo/`, a storefront on the public API alone. Its pages run no inline script."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from coursify.core.sandbox import find_sandbox
from coursify.core.settings import Settings
from coursify_sandbox.data_folder import PROJECT_ROOT

PAGES: Final = PROJECT_ROOT / "demo"


def install(app: FastAPI, settings: Settings) -> None:
    async def show_config() -> Response:
        """Where the API is, and the sample student, so that one signs in with one click."""
        sandbox = await asyncio.to_thread(find_sandbox, settings.app)
        config = {"api": settings.app.public_url, "mailbox": sandbox.mailbox if sandbox else None}
        for account in sandbox.accounts if sandbox else ():
            if account.role == "student":
                config |= {"email": account.email, "password": account.password}
        return JSONResponse(config, headers={"Cache-Control": "no-store"})

    async def show_folder() -> Response:
        """The pages name each other relative to the folder."""
        return RedirectResponse("/demo/", status_code=308)

    app.add_api_route("/demo", show_folder, include_in_schema=False)
    app.add_api_route("/demo/config.json", show_config, include_in_schema=False)
    app.mount("/demo", DemoFiles(make_policy(settings.app.public_url, settings.stripe.stripe_api_base)))


class DemoFiles(StaticFiles):
    """Files that browsers ask for anew each time, with the policy of the demo."""

    def __init__(self, policy: str) -> None:
        super().__init__(directory=PAGES, html=True)
        self._headers = [(b"content-security-policy", policy.encode()), (b"cache-control", b"no-cache")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        await super().__call__(scope, receive, send_with_policy)


def make_policy(api: str, stripe: str) -> str:
    """The policy: this origin under each of its names, Stripe's stand-in, and what hls.js builds in memory."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {api}; "
        f"connect-src 'self' {api} {stripe}; media-src 'self' blob: data: {api}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
