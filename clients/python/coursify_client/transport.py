"""Sends requests: credentials, renewal of tokens, idempotency keys and errors."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self
from urllib.parse import quote

import httpx

KEYED = "Idempotency-Key"
Json = dict[str, Any]


@dataclass
class CoursifyError(Exception):
    """A failure. Decide by `code`, show `message`, and name `request_id` when you report it."""

    status: int
    code: str
    message: str
    details: list[Json] = field(default_factory=list)
    request_id: str = ""
    error: Json = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.message}"


class Session(NamedTuple):
    access_token: str
    refresh_token: str


class Transport:
    """Signs requests with the `session`, if there is one, and renews an access token that has expired."""

    def __init__(self, base_url: str, *, timeout: float = 20, transport: httpx.BaseTransport | None = None) -> None:
        self.http = httpx.Client(base_url=base_url, timeout=timeout, transport=transport, trust_env=False)
        self.session: Session | None = None
        self.last_response: httpx.Response | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def use_session(self, session: Mapping[str, Any]) -> None:
        """Signs the following requests with the session that signing up or in has returned."""
        self.session = Session(session["accessToken"], session["refreshToken"])

    @staticmethod
    def quote(part: str) -> str:
        return quote(str(part), safe="")

    def send(self, method: str, path: str, **request: Any) -> Any:
        """The JSON of the response. Raises CoursifyError."""
        return self._request(method, path, **request).json()

    def fetch(self, method: str, path: str, **request: Any) -> bytes:
        """The bytes of the response. Raises CoursifyError."""
        return self._request(method, path, **request).content

    def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        body: Any = None,
        form: Any = None,
        content: bytes | None = None,
        content_type: str | None = None,
    ) -> httpx.Response:
        headers = {name: str(value) for name, value in (header or {}).items() if value is not None}
        if header and KEYED in header:
            # A request that is sent again has the same key, so it is done once.
            headers.setdefault(KEYED, str(uuid.uuid4()))
        if content_type:
            headers["Content-Type"] = content_type
        parameters = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        sent: Json = {"headers": headers, "params": parameters, "json": body, "files": form, "content": content}
        sent = {name: value for name, value in sent.items() if value is not None}
        response = self._send_once(method, path, sent)
        if _is_about_the_token(response) and self._renew():
            response = self._send_once(method, path, sent)
        self.last_response = response
        if response.is_success:
            return response
        raise _failure_of(response)

    def _send_once(self, method: str, path: str, sent: Json) -> httpx.Response:
        credential = {"Authorization": f"Bearer {self.session.access_token}"} if self.session else {}
        return self.http.request(method, path, **(sent | {"headers": credential | sent["headers"]}))

    def _renew(self) -> bool:
        """Whether there is a new access token. A refresh token works once."""
        if self.session is None:
            return False
        spent, self.session = self.session.refresh_token, None
        response = self.http.post("/api/v1/users/refresh-token", json={"refreshToken": spent})
        if response.is_success:
            self.use_session(response.json()["data"])
        return response.is_success


def _is_about_the_token(response: httpx.Response) -> bool:
    """A wrong password is 401 as well, without a challenge."""
    return response.status_code == httpx.codes.UNAUTHORIZED and "www-authenticate" in response.headers


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _failure_of(response: httpx.Response) -> CoursifyError:
    """Also of a response that is not ours, such as a proxy's."""
    try:
        body = response.json()
        error = body["error"]
        return CoursifyError(
            response.status_code, error["code"], body["message"], error["details"], error["requestId"], error
        )
    except (ValueError, KeyError, TypeError):
        return CoursifyError(response.status_code, "not_an_answer", response.text[:200])
