"""What a verifier of Open Badges needs: the issuer, its keys and the status lists. Without the envelope."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import Path, Response

from coursify.core.http import Configuration, Router, WithDatabase, failures, json_response
from coursify.core.policy import Policy, Who
from coursify.modules.certificates import badges
from coursify.modules.certificates.controllers.signed import SIGNED, signed
from coursify.modules.certificates.errors import StatusListNotFound
from coursify.modules.certificates.schemas import DidDocument, IssuerProfile
from coursify.modules.certificates.services.sign_certificate import issuer_of
from coursify.modules.certificates.services.sign_status_list import sign_status_list

router = Router(tag="certificates")

CACHED = {"Cache-Control": f"public, max-age={badges.LIST_SECONDS}"}
LARGEST_LIST = 2**31 - 1


@router.get(
    "/credentials/issuer",
    operation_id="get_badge_issuer",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=IssuerProfile,
)
async def get_issuer(settings: Configuration) -> Response:
    """The school as issuer of Open Badges."""
    return json_response(orjson.dumps(badges.profile(issuer_of(settings))), status=200, headers=CACHED)


@router.get(
    "/credentials/did.json",
    operation_id="get_badge_keys",
    policy=Policy(Who.ANYONE, rate="read"),
    response_model=DidDocument,
)
async def get_keys(settings: Configuration) -> Response:
    """The public keys that verify credentials: the document of the issuer's `did:web`."""
    return json_response(orjson.dumps(badges.did_document(issuer_of(settings))), status=200, headers=CACHED)


@router.get(
    "/credentials/status/{number}",
    operation_id="get_badge_status_list",
    policy=Policy(Who.ANYONE, rate="certificate"),
    response_model=None,
    response_class=Response,
    responses=SIGNED | failures(StatusListNotFound),
)
async def get_status_list(
    number: Annotated[int, Path(ge=0, le=LARGEST_LIST)], database: WithDatabase, settings: Configuration
) -> Response:
    """Which credentials are revoked: a BitstringStatusList of 131,072 bits, as a signed JWT."""
    return signed(await sign_status_list(database, settings, number=number), headers=CACHED)
