"""`/.well-known/security.txt` (RFC 9116): to whom security problems are reported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import FastAPI, Response

from coursify.core.errors import NotFound
from coursify.core.settings import Settings

PATH = "/.well-known/security.txt"
# RFC 9116 recommends less than a year.
VALID_DAYS = 180


def install(app: FastAPI, settings: Settings) -> None:
    """Serve the file when SECURITY_CONTACT is set."""

    async def get_security_txt() -> Response:
        if not settings.watch.security_contact:
            raise NotFound
        text = render_security_txt(settings, today=datetime.now(UTC))
        return Response(text, media_type="text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"})

    app.add_api_route(PATH, get_security_txt, include_in_schema=False)


def render_security_txt(settings: Settings, *, today: datetime) -> str:
    """The required fields, and the address of this file."""
    expires = (today + timedelta(days=VALID_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    fields = {
        "Contact": settings.watch.security_contact,
        "Expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages": "en",
        "Canonical": f"{settings.app.public_url}{PATH}",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())
