"""Sentry: the type and the trace of each fault. No message, request, local variable or name of a machine is sent."""

from __future__ import annotations

from typing import Any

import sentry_sdk
from sentry_sdk.utils import event_from_exception

CLOSE_SECONDS = 2.0
_OF_EVENT = ("event_id", "timestamp", "level", "platform", "release", "environment", "sdk", "tags")
_OF_FRAME = ("filename", "function", "module", "lineno", "in_app", "pre_context", "context_line", "post_context")

Json = dict[str, Any]


class SentryClient:
    """A client of its own: it reports what it is given, and patches or listens to nothing else."""

    def __init__(self, dsn: str, *, release: str, environment: str) -> None:
        self._client = sentry_sdk.Client(
            dsn=dsn,
            release=release,
            environment=environment,
            default_integrations=False,
            auto_session_tracking=False,
            include_local_variables=False,
            max_request_body_size="never",
            send_client_reports=False,
            before_send=lambda event, _hint: scrub(event),
        )

    def report(self, error: BaseException, tags: dict[str, str]) -> None:
        """Queue one event; a thread sends it."""
        event, hint = event_from_exception(error, client_options=self._client.options)
        event["tags"] = tags
        self._client.capture_event(event, hint)

    def close(self) -> None:
        self._client.close(timeout=CLOSE_SECONDS)


def scrub(event: Any) -> Any:
    """Only what is known to have no personal data: an exception's message may quote a row."""
    found: Json = {name: event[name] for name in _OF_EVENT if name in event}
    found["exception"] = {"values": [_scrub_exception(value) for value in event["exception"]["values"]]}
    return found


def _scrub_exception(value: Json) -> Json:
    frames = (value.get("stacktrace") or {}).get("frames", [])
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "stacktrace": {"frames": [{name: frame[name] for name in _OF_FRAME if name in frame} for frame in frames]},
    }
