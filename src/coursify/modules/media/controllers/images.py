"""The public door of pictures. Their names are made of their content, so that they may be cached for ever."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Request, Response

from coursify.core.http import StreamRouter, WithDatabase
from coursify.core.http.conditional import matches
from coursify.core.http.paths import require_plain_path
from coursify.core.http.responses import failures
from coursify.core.logging import log
from coursify.core.policy import Policy, Who
from coursify.core.settings import MediaSettings
from coursify.modules.media.errors import AssetNotFound
from coursify.modules.media.guards import WithLimits, WithStore
from coursify.modules.media.queries import assets
from coursify.modules.media.store import MediaStore, ObjectMissing, StoreUnavailable

router = StreamRouter(tag="media", prefix="/media")

# The store's own address is signed for longer than the redirect to it may be cached.
ADDRESS_SECONDS, REDIRECT_SECONDS = 3_600, 300
CONTENT_TYPE: Final = "image/webp"
Folder = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{32}$")]
Name = Annotated[str, Path(pattern=r"^[0-9a-f]{32}-(small|medium|large)\.webp$")]
_HASH_CHARACTERS = 32
POLICY: Final = Policy(Who.ANYONE, rate="image", ignores_credential=True)
RESPONSES: Final = failures(AssetNotFound, StoreUnavailable) | {
    200: {"description": "The picture", "content": {CONTENT_TYPE: {"schema": {"type": "string"}}}},
    302: {"description": "The picture is at the `Location`"},
    304: {"description": "The client has it"},
}


@router.get(
    "/images/{folder}/{name}",
    operation_id="get_image",
    policy=POLICY,
    response_model=None,
    response_class=Response,
    responses=RESPONSES,
)
@router.head(
    "/images/{folder}/{name}",
    operation_id="head_image",
    policy=POLICY,
    response_model=None,
    response_class=Response,
    responses=RESPONSES,
)
async def get_image(
    request: Request, folder: Folder, name: Name, database: WithDatabase, store: WithStore, limits: WithLimits
) -> Response:
    """A picture in one of its sizes. The address changes with the content, so it may be cached for ever."""
    require_plain_path(request)
    async with database.read() as db:
        if not await assets.is_ready_picture(db, path=folder, image_hash=name[:_HASH_CHARACTERS]):
            raise AssetNotFound
    headers = {"ETag": f'"{name}"', "Cache-Control": "public, max-age=31536000, immutable"}
    if matches(headers["ETag"], request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return await _send(request, store, f"{folder}/{name}", headers=headers, limits=limits)


async def _send(
    request: Request, store: MediaStore, path: str, *, headers: dict[str, str], limits: MediaSettings
) -> Response:
    """The bytes, or where they are: at the store itself, or with the server in front of this one."""
    address = await store.address(path, seconds=ADDRESS_SECONDS)
    if address is not None:
        cached = f"public, max-age={REDIRECT_SECONDS}"
        return Response(status_code=302, headers={"Location": address, "Cache-Control": cached})
    if limits.media_accel_prefix:
        headers |= {"X-Accel-Redirect": f"{limits.media_accel_prefix}{path}"}
        return Response(headers=headers, media_type=CONTENT_TYPE)
    try:
        if request.method == "HEAD":
            headers |= {"Content-Length": str(await store.size(path))}
            return Response(headers=headers, media_type=CONTENT_TYPE)
        content = b"".join([chunk async for chunk in store.read(path)])
        return Response(content, headers=headers, media_type=CONTENT_TYPE)
    except ObjectMissing as error:
        log.error("a picture is missing in the store")
        raise AssetNotFound from error
