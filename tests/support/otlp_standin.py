"""A stand-in for a collector of traces (OTLP over HTTP) and for Sentry, on a port of its own."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class SpanSeen:
    name: str
    trace: str
    span: str
    parent: str
    service: str
    attributes: dict[str, Any]


@dataclass
class Collector:
    """What was posted to it: path, headers and body, uncompressed."""

    url: str
    posts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def spans(self) -> list[SpanSeen]:
        found = []
        for path, _headers, body in self.posts:
            if path.endswith("/v1/traces"):
                for batch in ExportTraceServiceRequest.FromString(body).resource_spans:
                    resource = {item.key: item.value.string_value for item in batch.resource.attributes}
                    found += [
                        SpanSeen(
                            name=span.name,
                            trace=span.trace_id.hex(),
                            span=span.span_id.hex(),
                            parent=span.parent_span_id.hex(),
                            service=resource["service.name"],
                            attributes={
                                item.key: getattr(item.value, item.value.WhichOneof("value"))
                                for item in span.attributes
                            },
                        )
                        for scope in batch.scope_spans
                        for span in scope.spans
                    ]
        return found

    def events(self) -> list[dict[str, Any]]:
        """The events of Sentry's envelopes."""
        found = []
        for path, _headers, body in self.posts:
            if path.endswith("/envelope/"):
                lines = body.split(b"\n")
                found += [json.loads(lines[at + 1]) for at, line in enumerate(lines) if b'"type":"event"' in line]
        return found


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            collector.posts.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            answer = b"{}" if "envelope" in self.path else b""
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
