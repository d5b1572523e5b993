"""`python -m coursify_sandbox.demo`: serves `demo/` on 127.0.0.1, as a storefront of another origin, and the guides.

The pages run no inline script and reach nothing but this server and the API.
"""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

from coursify_sandbox.data_folder import PROJECT_ROOT
from coursify_sandbox.guide import render_guide

PAGES = PROJECT_ROOT / "demo"


class DemoPages(SimpleHTTPRequestHandler):
    """Files, the address of the API with the sample student's account, and a strict policy on every answer."""

    def __init__(self, *arguments: object, api: str, stripe: str, account: dict[str, str], **named: object) -> None:
        self._api = api
        self._stripe = stripe
        self._account = account
        super().__init__(*arguments, directory=str(PAGES), **named)  # type: ignore[arg-type]  # the server's own

    def do_GET(self) -> None:
        host = self.headers.get("host", "").rpartition(":")[0]
        if host not in {"127.0.0.1", "localhost"}:
            # A page of another host must not read the account by DNS rebinding.
            self.send_error(403)
        elif self.path in {"/demo", "/demo/"}:
            self.send_response(302)
            self.send_header("Location", "/")
            self.end_headers()
        elif self.path == "/config.json":
            self._send("application/json", json.dumps({"api": self._api, **self._account}))
        elif self.path.startswith("/guide"):
            page = render_guide(self.path.removeprefix("/guide").strip("/") or "storefront", api=self._api)
            if page is None:
                self.send_error(404)
            else:
                self._send("text/html; charset=utf-8", page)
        else:
            super().do_GET()

    def _send(self, media_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", make_policy(self._api, self._stripe))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_arguments: object) -> None:
        """The log of the sandbox has no line for each file."""


def make_policy(api: str, stripe: str) -> str:
    """The Content-Security-Policy: this server, the API, Stripe's stand-in, and what hls.js builds in memory."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {api}; "
        f"connect-src 'self' {api} {stripe}; "
        f"media-src 'self' blob: data: {api}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def main() -> int:
    account = {"email": os.environ.get("DEMO_EMAIL", ""), "password": os.environ.get("DEMO_PASSWORD", "")}
    stripe = os.environ.get("STRIPE_API_BASE", "")
    pages = partial(DemoPages, api=os.environ["PUBLIC_URL"], stripe=stripe, account=account)
    with ThreadingHTTPServer(("127.0.0.1", int(os.environ["DEMO_PORT"])), pages) as server:
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
