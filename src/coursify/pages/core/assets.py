"""The style sheet, the scripts and the icon of the pages."""

from __future__ import annotations

from fastapi import APIRouter, Response

from coursify.core.errors import NotFound
from coursify.pages.core.templating import STATIC, STATIC_PATH

router = APIRouter(include_in_schema=False)

_TYPES = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml"}
_FILES = {
    path.name: (path.read_bytes(), _TYPES[path.suffix[1:]]) for path in STATIC.iterdir() if path.suffix[1:] in _TYPES
}
_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "same-origin"}


@router.get(STATIC_PATH + "/{name}")
async def get_asset(name: str) -> Response:
    """A file of ours. Its address has a digest of its content."""
    if name not in _FILES:
        raise NotFound
    body, media_type = _FILES[name]
    return Response(body, media_type=media_type, headers=_HEADERS)
