"""Serves the metrics of a process that has no HTTP of its own, such as the worker, on an address of METRICS_LISTEN."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from coursify.core.metrics import render_metrics


@contextmanager
def serving_metrics(listen: tuple[str, int] | None) -> Iterator[None]:
    """Answer GET /metrics on this host and port until the block ends; without an address, do nothing."""
    if listen is None:
        yield
        return
    server = ThreadingHTTPServer(listen, _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self) -> None:
        is_known = self.path == "/metrics"
        body = render_metrics() if is_known else b""
        self.send_response(HTTPStatus.OK if is_known else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", CONTENT_TYPE_PLAIN_0_0_4)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """A scrape is no news."""
