"""One's own account on the pages: the step-up, the second factor, the look."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Form, Query, Response

from coursify.core.http import Db, Now, RequestTransaction, SignedIn
from coursify.core.policy import Policy, Who
from coursify.core.schema import Input
from coursify.modules.identity.guards import WithAuthenticator
from coursify.modules.identity.queries import sessions
from coursify.modules.identity.schemas import CodeOnly, StepUp
from coursify.modules.identity.services.begin_second_factor import begin_second_factor
from coursify.modules.identity.services.check_code import has_second_factor
from coursify.modules.identity.services.confirm_second_factor import confirm_second_factor
from coursify.modules.identity.services.step_up import step_up
from coursify.modules.users.queries import users
from coursify.pages.core.page import STEP_UP, WithPage, safe_next
from coursify.pages.core.page_route import Pages

pages = Pages()

TWO_FACTOR = "/account/two-factor"
_READ = Policy(Who.SIGNED_IN, rate="read")
_CHANGE = Policy(Who.SIGNED_IN)
Next = Annotated[str, Query(alias="next", max_length=2_000)]


class ThemeChoice(Input):
    theme: Literal["light", "dark", "system"]
    back: str = "/account"


@pages.get("/account", page_id="page_account", policy=_READ)
async def show_account(page: WithPage, caller: SignedIn, db: Db, now: Now) -> Response:
    """Who is signed in, on which devices, and how the pages look."""
    return page.render(
        "account/account.html",
        user=await users.get_user(db, caller.user_id),
        sessions=await sessions.list_live_sessions(db, user_id=caller.user_id, now=now),
        has_factor=await has_second_factor(db, caller.user_id),
    )


@pages.get(STEP_UP, page_id="page_step_up", policy=_READ)
async def show_step_up(page: WithPage, caller: SignedIn, db: Db, next_path: Next = "") -> Response:
    user, has_factor = await users.get_user(db, caller.user_id), await has_second_factor(db, caller.user_id)
    form = page.form(STEP_UP)
    return page.render(
        "account/step_up.html", form=form, email=user.email or "", has_factor=has_factor, next_path=next_path
    )


@pages.post(STEP_UP, page_id="page_step_up_send", policy=_CHANGE, form_page=show_step_up)
async def send_step_up(
    page: WithPage,
    form: Annotated[StepUp, Form()],
    caller: SignedIn,
    authenticator: WithAuthenticator,
    next_path: Next = "",
) -> Response:
    """Back to the action that asked for it."""
    await step_up(authenticator, caller=caller, password=form.password, code=form.code)
    authenticator.sessions.invalidate(caller.user_id)
    return page.go(safe_next(next_path))


@pages.get(TWO_FACTOR, page_id="page_two_factor", policy=Policy(Who.SIGNED_IN, rate="read", step_up=True))
async def show_two_factor(page: WithPage, caller: SignedIn, db: Db) -> Response:
    return page.render(
        "account/two_factor.html",
        has_factor=await has_second_factor(db, caller.user_id),
        begun=None,
        codes=None,
        form=page.form(f"{TWO_FACTOR}/confirm"),
    )


@pages.post(TWO_FACTOR, page_id="page_two_factor_begin", policy=Policy(Who.SIGNED_IN, step_up=True))
async def begin_two_factor(
    page: WithPage, caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now
) -> Response:
    """The secret for the authenticator app, which is shown only now."""
    begun = await begin_second_factor(db, sealer=authenticator.sealer, user_id=caller.user_id, now=now)
    form = page.form(f"{TWO_FACTOR}/confirm")
    return page.render("account/two_factor.html", has_factor=False, begun=begun, codes=None, form=form)


@pages.post(f"{TWO_FACTOR}/confirm", page_id="page_two_factor_confirm", policy=_CHANGE, form_page=show_two_factor)
async def confirm_two_factor(
    page: WithPage,
    form: Annotated[CodeOnly, Form()],
    caller: SignedIn,
    authenticator: WithAuthenticator,
    transaction: RequestTransaction,
) -> Response:
    """The recovery codes are shown only now, so this answers with a page instead of going on to one."""
    codes = await confirm_second_factor(authenticator, transaction, user_id=caller.user_id, code=form.code)
    authenticator.sessions.invalidate(caller.user_id)
    again = page.form(f"{TWO_FACTOR}/confirm")
    return page.render("account/two_factor.html", has_factor=True, begun=None, codes=codes, form=again)


@pages.post("/account/theme", page_id="page_theme", policy=Policy(Who.ANYONE))
async def send_theme(page: WithPage, form: Annotated[ThemeChoice, Form()]) -> Response:
    response = page.go(safe_next(form.back))
    page.cookies.write_theme(response, form.theme)
    return response
