"""Export and erasure of personal data."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response

from coursify.core.http import Configuration, Db, Now, Router, Seal, SignedIn, failures, reply
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope
from coursify.modules.identity.errors import LastAdmin
from coursify.modules.identity.guards import WithAuthenticator
from coursify.modules.privacy.errors import ExportExpired, ExportNotFound
from coursify.modules.privacy.guards import Rooms
from coursify.modules.privacy.models import Export
from coursify.modules.privacy.schemas import ErasureBegun, ExportState
from coursify.modules.privacy.services.open_export import open_export, sign_export
from coursify.modules.privacy.services.request_erasure import request_erasure
from coursify.modules.privacy.services.request_export import request_export
from coursify.modules.users.errors import UserNotFound

router = Router(tag="privacy")


@router.get(
    "/users/me/export",
    operation_id="request_export",
    policy=Policy(Who.SIGNED_IN),
    response_model=Envelope[ExportState],
    status_code=202,
)
async def get_export(caller: SignedIn, settings: Configuration, rooms: Rooms, db: Db, now: Now) -> Response:
    """All your personal data as one JSON document: repeat until `status` is `ready`, then follow `url`."""
    export = await request_export(db, user_id=caller.user_id, now=now)
    state = _state(export, settings.app.public_url, settings.keys.server_key, sections=len(rooms))
    return reply(state, "Your export is ready." if export.is_ready else "Your export is being prepared.", status=202)


@router.get(
    "/users/exports/{export_id}",
    operation_id="download_export",
    policy=Policy(Who.ANYONE, rule="with the link's signature"),
    response_model=dict[str, list[dict[str, Any]]],
    status_code=200,
    responses=failures(ExportNotFound, ExportExpired),
)
async def download_export(
    export_id: UUID,
    sealer: Seal,
    settings: Configuration,
    db: Db,
    now: Now,
    signature: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The archive behind a signed link."""
    content = await open_export(
        db, export_id=export_id, signature=signature, sealer=sealer, server_key=settings.keys.server_key, now=now
    )
    headers = {"Content-Disposition": 'attachment; filename="coursify-export.json"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/json", headers=headers)


@router.delete(
    "/users/{user_id:uuid}",
    operation_id="erase_user",
    policy=Policy(Who.SIGNED_IN, rule="oneself or an admin; never the last admin", step_up=True),
    response_model=Envelope[ErasureBegun],
    status_code=202,
    responses=failures(UserNotFound, LastAdmin),
)
async def erase_user(
    user_id: UUID, caller: SignedIn, authenticator: WithAuthenticator, rooms: Rooms, db: Db, now: Now
) -> Response:
    """Erase your own account, or any account as an admin. Sessions end and the profile is cleared at once."""
    erasure = await request_erasure(
        db, caller=caller, user_id=user_id, sealer=authenticator.sealer, steps=rooms, now=now
    )
    authenticator.sessions.invalidate(user_id)
    return reply(ErasureBegun.model_validate(erasure), "Account erased.", status=202)


def _state(export: Export, origin: str, server_key: bytes, *, sections: int) -> ExportState:
    link = f"{origin}/api/v1/users/exports/{export.id}?signature={sign_export(server_key, export.id)}"
    return ExportState(
        id=export.id,
        status="ready" if export.is_ready else "preparing",
        progress=100 * export.sections_done // sections,
        url=link if export.is_ready else None,
        requested_at=export.requested_at,
        expires_at=export.expires_at,
    )
