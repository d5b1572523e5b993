"""/media/uploads/{token}: the bytes of an upload. Its unguessable address is the only credential.

tus 1.0 where the application takes the bytes; parts, completion and abortion where they go straight to the store.
"""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime
from typing import Annotated

from fastapi import Query, Request, Response

from coursify.core.errors import MethodNotAllowed, NoSpaceLeft
from coursify.core.http import Configuration, StreamRouter, WithDatabase, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.media.errors import (
    ChecksumMismatch,
    OffsetMismatch,
    TusBodyUnsupported,
    TusHeaderInvalid,
    TusVersionUnsupported,
    UploadLocked,
    UploadNotFound,
    UploadUnfinished,
    WrongFileType,
)
from coursify.modules.media.guards import (
    TUS_HEADERS,
    UploadToken,
    WithScratch,
    WithStore,
    body_of,
    declared_length,
    require_tus,
    require_tus_body,
    tus_answers,
)
from coursify.modules.media.models import UploadState
from coursify.modules.media.schemas.uploads import PartsOut, PartsQuery, door_of
from coursify.modules.media.services.abort_upload import abort_upload
from coursify.modules.media.services.complete_upload import complete_upload
from coursify.modules.media.services.find_upload import find_upload
from coursify.modules.media.services.list_upload_parts import list_upload_parts
from coursify.modules.media.services.receive_bytes import Sent, receive_bytes
from coursify.modules.media.services.resume_upload import resume_upload
from coursify.modules.media.store import StoreUnavailable
from coursify.modules.media.tus import ALGORITHMS, EXTENSIONS, VERSION, read_checksum, read_offset

router = StreamRouter(tag="uploads", prefix="/media")

BY_ADDRESS = Policy(Who.ANYONE, rule="who has the upload's address", rate="upload", ignores_credential=True)
# An upload has its own size; this is only where numbers end.
BYTES = Policy(
    Who.ANYONE,
    rule="who has the upload's address",
    rate="upload",
    ignores_credential=True,
    max_body_bytes=999_999_999_999,
)


@router.options(
    "/uploads/{token}",
    operation_id="describe_upload",
    policy=BY_ADDRESS,
    response_model=None,
    response_class=Response,
    status_code=204,
)
async def describe(token: UploadToken) -> Response:
    """What this server of tus can do."""
    headers = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Checksum-Algorithm": ",".join(ALGORITHMS)}
    return Response(status_code=204, headers=TUS_HEADERS | headers)


@router.head(
    "/uploads/{token}",
    operation_id="find_upload_offset",
    policy=BY_ADDRESS,
    response_model=None,
    response_class=Response,
    responses=failures(UploadNotFound, TusVersionUnsupported, WrongFileType, StoreUnavailable),
)
async def head(
    token: UploadToken, request: Request, database: WithDatabase, store: WithStore, scratch: WithScratch
) -> Response:
    """How many bytes have arrived."""
    with tus_answers():
        require_tus(request)
        state = await resume_upload(database, store, scratch, token=token)
    return Response(status_code=200, headers=_headers(state) | {"Upload-Length": str(state.asset.size_bytes)})


@router.patch(
    "/uploads/{token}",
    operation_id="append_to_upload",
    policy=BYTES,
    response_model=None,
    response_class=Response,
    status_code=204,
    responses=failures(
        UploadNotFound,
        TusVersionUnsupported,
        TusHeaderInvalid,
        TusBodyUnsupported,
        OffsetMismatch,
        UploadLocked,
        ChecksumMismatch,
        NoSpaceLeft,
        WrongFileType,
        StoreUnavailable,
    ),
)
async def patch(
    token: UploadToken, request: Request, database: WithDatabase, store: WithStore, scratch: WithScratch
) -> Response:
    """Send the bytes from `Upload-Offset` on. With the last ones the upload is complete, and the video is processed."""
    with tus_answers():
        require_tus(request)
        require_tus_body(request)
        announced, checksum = read_offset(request.headers), read_checksum(request.headers)
        sent = Sent(offset=announced, length=declared_length(request), chunks=body_of(request), checksum=checksum)
        state = await receive_bytes(database, store, scratch, token=token, sent=sent)
    return Response(status_code=204, headers=_headers(state))


@router.post(
    "/uploads/{token}",
    operation_id="tunnel_upload",
    policy=BYTES,
    response_model=None,
    response_class=Response,
    status_code=204,
    responses=failures(UploadNotFound, TusVersionUnsupported, OffsetMismatch, UploadLocked, MethodNotAllowed),
)
async def tunnel(
    token: UploadToken, request: Request, database: WithDatabase, store: WithStore, scratch: WithScratch
) -> Response:
    """For clients that can only POST: `X-HTTP-Method-Override: PATCH`, `HEAD` or `DELETE`."""
    match request.headers.get("x-http-method-override", "").upper():
        case "PATCH":
            return await patch(token, request, database, store, scratch)
        case "HEAD":
            return await head(token, request, database, store, scratch)
        case "DELETE":
            return await delete(token, database, scratch)
        case _:
            raise MethodNotAllowed(headers=TUS_HEADERS | {"Allow": "DELETE, HEAD, OPTIONS, PATCH"})


@router.delete(
    "/uploads/{token}",
    operation_id="abort_upload",
    policy=BY_ADDRESS,
    response_model=None,
    response_class=Response,
    status_code=204,
    responses=failures(UploadNotFound, UploadLocked),
)
async def delete(token: UploadToken, database: WithDatabase, scratch: WithScratch) -> Response:
    """Give the upload up; nothing of it is kept."""
    with tus_answers():
        await abort_upload(database, scratch, token=token)
    return Response(status_code=204, headers=TUS_HEADERS)


@router.get(
    "/uploads/{token}/parts",
    operation_id="list_upload_parts",
    policy=BY_ADDRESS,
    response_model=Envelope[PartsOut],
    responses=failures(UploadNotFound, StoreUnavailable),
)
async def get_parts(
    token: UploadToken,
    asked: Annotated[PartsQuery, Query()],
    database: WithDatabase,
    store: WithStore,
    settings: Configuration,
) -> Response:
    """More addresses of parts, at most 100; `nextParts` has the next ones."""
    asset = await find_upload(database, token=token)
    page = await list_upload_parts(store, asset=asset, first=asked.first, last=asked.last)
    shown = PartsOut.of(page, last=asked.last, door=door_of(settings.app.public_url, token))
    return reply(shown, "Parts.", headers={"Cache-Control": "no-store"})


@router.post(
    "/uploads/{token}/complete",
    operation_id="complete_upload",
    policy=BY_ADDRESS,
    response_model=Envelope[None],
    responses=failures(UploadNotFound, UploadUnfinished, WrongFileType, UploadLocked, StoreUnavailable),
)
async def post_completion(
    token: UploadToken, database: WithDatabase, store: WithStore, scratch: WithScratch
) -> Response:
    """Every byte has been sent: the video is processed. It may be called twice."""
    asset = await find_upload(database, token=token)
    await complete_upload(database, store, scratch, asset_id=asset.id)
    return reply(None, "Upload complete. The video is being processed.")


def _headers(state: UploadState) -> dict[str, str]:
    headers = TUS_HEADERS | {"Upload-Offset": str(state.offset)}
    if state.asset.status == "uploading" and state.asset.expires_at:
        headers["Upload-Expires"] = format_datetime(state.asset.expires_at.astimezone(UTC), usegmt=True)
    return headers
