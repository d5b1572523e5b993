"""The cookies of the pages. Only this file names them and says who may read them.

The session cookie has no rights of its own: it names a session of the database, and whatever ends that session ends it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import quote, unquote
from uuid import UUID

from fastapi import Request, Response

from coursify.core.crypto import derive

# Without a request for this long, a person signs in again.
IDLE = timedelta(hours=12)
RENEWED_AFTER = timedelta(minutes=10)
_CHALLENGE_SECONDS = 300
_YEAR_SECONDS = 365 * 86_400
_NOTICE_SECONDS = 60
_MAX_NOTICE = 300
_ID_BYTES = 16
_TIME_BYTES = 8
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}")

Name = Literal["session", "visit", "challenge", "device", "notice", "theme"]
Theme = Literal["light", "dark", "system"]


@dataclass(frozen=True, slots=True)
class PageSession:
    """What a session cookie names; the database decides whether it is alive."""

    user_id: UUID
    session_id: UUID
    issued_at: datetime

    def is_idle(self, now: datetime) -> bool:
        return now - self.issued_at > IDLE

    def is_due(self, now: datetime) -> bool:
        """Whether the cookie is renewed, so that a person at work is not signed out."""
        return now - self.issued_at > RENEWED_AFTER


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and writes cookies. Over https they are `Secure` and have the prefix `__Host-`: no other host sets them."""

    is_secure: bool
    server_key: bytes

    def read(self, request: Request, name: Name) -> str:
        return request.cookies.get(self._full(name), "")

    def write(self, response: Response, name: Name, value: str, *, seconds: int | None = None) -> None:
        response.set_cookie(
            self._full(name), value, max_age=seconds, path="/", secure=self.is_secure, httponly=True, samesite="strict"
        )

    def clear(self, response: Response, name: Name) -> None:
        response.delete_cookie(self._full(name), path="/", secure=self.is_secure, httponly=True, samesite="strict")

    def read_session(self, request: Request) -> PageSession | None:
        """The session that the cookie names, or None for a cookie that we did not write."""
        try:
            raw = base64.urlsafe_b64decode(self.read(request, "session"))
            user, session = UUID(bytes=raw[:_ID_BYTES]), UUID(bytes=raw[_ID_BYTES : 2 * _ID_BYTES])
        except (binascii.Error, ValueError):
            return None
        content, tag = raw[: 2 * _ID_BYTES + _TIME_BYTES], raw[2 * _ID_BYTES + _TIME_BYTES :]
        if not hmac.compare_digest(tag, self._tag(content)):
            return None
        issued = int.from_bytes(content[2 * _ID_BYTES :], "big")
        return PageSession(user, session, datetime.fromtimestamp(issued, UTC))

    def write_session(self, response: Response, *, user_id: UUID, session_id: UUID, now: datetime) -> None:
        content = user_id.bytes + session_id.bytes + int(now.timestamp()).to_bytes(_TIME_BYTES, "big")
        self.write(response, "session", base64.urlsafe_b64encode(content + self._tag(content)).decode())

    def write_challenge(self, response: Response, challenge: str) -> None:
        """Between the password and the code."""
        self.write(response, "challenge", challenge, seconds=_CHALLENGE_SECONDS)

    def write_device(self, response: Response, token: str) -> None:
        self.write(response, "device", token, seconds=_YEAR_SECONDS)

    def write_theme(self, response: Response, theme: Theme) -> None:
        self.write(response, "theme", theme, seconds=_YEAR_SECONDS)

    def theme(self, request: Request) -> Theme:
        theme = self.read(request, "theme")
        return theme if theme in {"light", "dark"} else "system"  # type: ignore[return-value]

    def write_notice(self, response: Response, notice: str) -> None:
        """A sentence that the next page shows once."""
        self.write(response, "notice", quote(notice[:_MAX_NOTICE]), seconds=_NOTICE_SECONDS)

    def notice(self, request: Request) -> str:
        return unquote(self.read(request, "notice"))[:_MAX_NOTICE]

    def zone(self, request: Request) -> str:
        """The name of the reader's time zone; a script of ours writes this cookie, so it is not HttpOnly."""
        zone = unquote(request.cookies.get("zone", ""))
        return zone if _ZONE.fullmatch(zone) else "UTC"

    def visit(self, request: Request) -> str:
        """Names a browser that is not signed in, so that its forms have a token too."""
        return self.read(request, "visit") or secrets.token_urlsafe(16)

    def form_token(self, *, session_id: UUID | None, visit: str) -> str:
        """The CSRF token of every form of this session, or of this visit before the sign-in."""
        owner = ("session", str(session_id)) if session_id else ("visit", visit)
        return base64.urlsafe_b64encode(derive(self.server_key, "page-form", *owner)).decode().rstrip("=")

    def _tag(self, content: bytes) -> bytes:
        return derive(self.server_key, "page-session", content.hex())

    def _full(self, name: Name) -> str:
        return f"__Host-coursify-{name}" if self.is_secure else f"coursify-{name}"
