"""The response that is a signed credential, as verifiers fetch it."""

from __future__ import annotations

from typing import Any

from fastapi import Response

_MEDIA_TYPE = "application/vc+jwt"

SIGNED: dict[int | str, dict[str, Any]] = {200: {"content": {_MEDIA_TYPE: {"schema": {"type": "string"}}}}}


def signed(token: str, *, headers: dict[str, str] | None = None) -> Response:
    """The compact JWT, without the envelope."""
    return Response(token, media_type=_MEDIA_TYPE, headers=headers)
