"""The picture of a person."""

from __future__ import annotations

from fastapi import Request, Response

from coursify.core.http import Db, Now, Router, SignedIn, StreamRouter, WithDatabase, failures, reply
from coursify.core.http.multipart import read_form
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.media.errors import PICTURE_FAILURES
from coursify.modules.media.guards import LARGEST_FORM_BYTES, WithLimits, WithStore
from coursify.modules.media.schemas import PictureOut, form_of
from coursify.modules.media.services.set_avatar import remove_avatar, set_avatar

router = Router(tag="users")
stream_router = StreamRouter(tag="users")


@stream_router.put(
    "/users/me/avatar",
    operation_id="set_my_avatar",
    policy=Policy(Who.SIGNED_IN, rate="picture", max_body_bytes=LARGEST_FORM_BYTES),
    response_model=Envelope[PictureOut],
    responses=failures(*PICTURE_FAILURES),
    openapi_extra=form_of(),
)
async def put_avatar(
    request: Request, caller: SignedIn, database: WithDatabase, store: WithStore, limits: WithLimits
) -> Response:
    """Upload a picture of yourself: PNG, JPEG or WebP. It is turned upright and stored without its metadata."""
    async with read_form(request, scratch=limits.media_scratch_folder, max_file_bytes=limits.max_image_bytes) as form:
        picture = await set_avatar(database, store, user_id=caller.user_id, file=form.file, limits=limits)
    return reply(PictureOut.of(picture.path, None), "Your picture was updated.")


@router.delete(
    "/users/me/avatar",
    operation_id="remove_my_avatar",
    policy=Policy(Who.SIGNED_IN),
    response_model=Envelope[None],
)
async def delete_avatar(caller: SignedIn, db: Db, now: Now) -> Response:
    """Remove your picture, whether it was uploaded or is an address."""
    await remove_avatar(db, user_id=caller.user_id, now=now)
    return reply(None, "Your picture was removed.")
