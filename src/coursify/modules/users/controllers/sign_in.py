"""Signing up and signing in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Response

from coursify.core.http import Route, failures, reply
from coursify.core.schema import Envelope
from coursify.core.security import ACCESS_LIFETIME
from coursify.modules.users.controllers.profile import detail_of
from coursify.modules.users.errors import EmailTaken, InvalidCredentials
from coursify.modules.users.guards import AtDesk
from coursify.modules.users.models import OpenedSession
from coursify.modules.users.schemas import Login, Registration, SignedInSession
from coursify.modules.users.services import register_user as registering
from coursify.modules.users.services import sign_in

router = APIRouter(route_class=Route, tags=["users"])

UserAgent = Annotated[str | None, Header(include_in_schema=False)]
DeviceToken = Annotated[str | None, Header(alias="X-Device-Token", max_length=200)]


@router.post(
    "/users/register",
    response_model=Envelope[SignedInSession],
    status_code=201,
    responses=failures(EmailTaken),
)
async def register_user(body: Registration, desk: AtDesk, user_agent: UserAgent = None) -> Response:
    """Sign up as a student or an instructor; the answer is a first session."""
    opened = await registering.register_user(desk, **body.model_dump(), user_agent=user_agent)
    return reply(session_of(opened), "Welcome. Please confirm your address.", status=201)


@router.post(
    "/users/login",
    response_model=Envelope[SignedInSession],
    status_code=200,
    responses=failures(InvalidCredentials),
)
async def log_in(body: Login, desk: AtDesk, user_agent: UserAgent = None, device_token: DeviceToken = None) -> Response:
    """Sign in. Send `deviceToken` back as `X-Device-Token` next time: it marks a known device."""
    opened = await sign_in.sign_in(
        desk, email=body.email, password=body.password, user_agent=user_agent, device_token=device_token
    )
    return reply(session_of(opened), "You are signed in.")


def session_of(opened: OpenedSession) -> SignedInSession:
    return SignedInSession(
        user=detail_of(opened.user),
        access_token=opened.access_token,
        refresh_token=opened.refresh_token,
        expires_in=int(ACCESS_LIFETIME.total_seconds()),
        device_token=opened.device_token,
    )
