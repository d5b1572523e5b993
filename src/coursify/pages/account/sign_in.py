"""Signing in and out, with the accounts, services and limits of the API."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Form, Header, Query, Response

from coursify.core.errors import AppError
from coursify.core.http import ClientAddress, Db, Now, SignedIn
from coursify.core.policy import Policy, Who
from coursify.modules.identity.errors import InvalidChallenge, SecondFactorRequired
from coursify.modules.identity.guards import WithAuthenticator
from coursify.modules.identity.models import OpenedSession
from coursify.modules.identity.schemas import CodeOnly, Login
from coursify.modules.identity.services.end_all_sessions import end_all_sessions
from coursify.modules.identity.services.log_out import log_out
from coursify.modules.identity.services.sign_in import sign_in
from coursify.modules.identity.services.verify_second_factor import verify_second_factor
from coursify.pages.core.page import SIGN_IN, Page, WithPage, safe_next
from coursify.pages.core.page_route import Pages

pages = Pages()

SECOND_FACTOR = "/account/second-factor"
HOMES = {"admin": "/admin", "instructor": "/teach", "student": "/account"}
_POLICY = Policy(Who.ANYONE, rate="sign_in", max_body_bytes=16_384)
_SHOWN = Policy(Who.ANYONE, rate="read")
Next = Annotated[str, Query(alias="next", max_length=2_000)]
UserAgent = Annotated[str | None, Header()]


@pages.get(SIGN_IN, page_id="page_sign_in", policy=_SHOWN)
async def show_sign_in(page: WithPage, next_path: Next = "") -> Response:
    return page.render("account/sign_in.html", form=page.form(SIGN_IN), next_path=next_path)


@pages.post(SIGN_IN, page_id="page_sign_in_send", policy=_POLICY, form_page=show_sign_in)
async def send_sign_in(
    page: WithPage,
    form: Annotated[Login, Form()],
    authenticator: WithAuthenticator,
    address: ClientAddress,
    user_agent: UserAgent = None,
    next_path: Next = "",
) -> Response:
    device = page.cookies.read(page.request, "device") or None
    try:
        opened = await sign_in(
            authenticator,
            email=form.email,
            password=form.password,
            client_address=address,
            user_agent=user_agent,
            device_token=device,
        )
    except SecondFactorRequired as required:
        return _ask_for_code(page, required, next_path)
    return _enter(page, opened, authenticator, next_path)


@pages.get(SECOND_FACTOR, page_id="page_second_factor", policy=_SHOWN)
async def show_second_factor(page: WithPage, next_path: Next = "") -> Response:
    return page.render("account/second_factor.html", form=page.form(SECOND_FACTOR), next_path=next_path)


@pages.post(SECOND_FACTOR, page_id="page_second_factor_send", policy=_POLICY, form_page=show_second_factor)
async def send_second_factor(
    page: WithPage,
    form: Annotated[CodeOnly, Form()],
    authenticator: WithAuthenticator,
    address: ClientAddress,
    user_agent: UserAgent = None,
    next_path: Next = "",
) -> Response:
    challenge = page.cookies.read(page.request, "challenge")
    if not challenge:
        raise InvalidChallenge
    opened = await verify_second_factor(
        authenticator, challenge=challenge, code=form.code, client_address=address, user_agent=user_agent
    )
    return _enter(page, opened, authenticator, next_path)


@pages.post("/account/sign-out", page_id="page_sign_out", policy=Policy(Who.SIGNED_IN))
async def send_sign_out(
    page: WithPage, caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now
) -> Response:
    await log_out(db, user_id=caller.user_id, session_id=caller.session_id, refresh_token=None, now=now)
    authenticator.sessions.invalidate(caller.user_id)
    return _leave(page, "You are signed out.")


@pages.post("/account/sign-out-everywhere", page_id="page_sign_out_everywhere", policy=Policy(Who.SIGNED_IN))
async def send_sign_out_everywhere(
    page: WithPage, caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now
) -> Response:
    await end_all_sessions(db, user_id=caller.user_id, now=now)
    authenticator.sessions.invalidate(caller.user_id)
    return _leave(page, "You are signed out on every device.")


def _ask_for_code(page: Page, required: AppError, next_path: str) -> Response:
    response = page.go(_with_next(SECOND_FACTOR, next_path))
    page.cookies.write_challenge(response, str(required.extra["challenge"]))
    return response


def _enter(page: Page, opened: OpenedSession, authenticator: WithAuthenticator, next_path: str) -> Response:
    response = page.go(safe_next(next_path) if next_path else HOMES[opened.user.role])
    cookies, now = page.cookies, authenticator.clock.wall()
    cookies.write_session(response, user_id=opened.user.id, session_id=opened.session.id, now=now)
    cookies.write_device(response, opened.device_token)
    cookies.clear(response, "challenge")
    return response


def _leave(page: Page, notice: str) -> Response:
    response = page.go(SIGN_IN, notice)
    page.cookies.clear(response, "session")
    return response


def _with_next(path: str, next_path: str) -> str:
    return f"{path}?next={quote(safe_next(next_path))}" if next_path else path
