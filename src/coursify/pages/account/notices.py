"""The page of a notice for its two sides, to which emails link: what was decided, and the form of an appeal."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Form, Path, Query, Response

from coursify.core.http import Configuration, Db, MaybeSignedIn, Now, WithDatabase
from coursify.core.policy import Policy, Who
from coursify.core.schema import Input
from coursify.modules.notices.schemas import NoticeOut, NoticeToken, Words
from coursify.modules.notices.services.appeal_decision import appeal_decision
from coursify.modules.notices.services.identify_side import identify_side
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

SIDES = "the two sides: signed in, or with the token of an email"
Reference = Annotated[str, Path(max_length=60)]
Token = Annotated[NoticeToken, Query()]


class Appeal(Input):
    text: Words


@pages.get("/notices/{reference}", page_id="page_notice", policy=Policy(Who.ANYONE, rule=SIDES, rate="read"))
async def show_notice(
    page: WithPage,
    reference: Reference,
    query: Token,
    caller: MaybeSignedIn,
    configuration: Configuration,
    database: WithDatabase,
) -> Response:
    server_key = configuration.keys.server_key
    async with database.read() as db:
        notice, _side = await identify_side(
            db, caller=caller, reference=reference, token=query.token, server_key=server_key
        )
    return page.render(
        "account/notice.html",
        case=NoticeOut.of(notice),
        form=page.form(_address(reference, query.token)),
        school=configuration.app.school_name,
    )


@pages.post(
    "/notices/{reference}",
    page_id="page_notice_appeal",
    policy=Policy(Who.ANYONE, rule=SIDES, rate="notice"),
    form_page=show_notice,
)
async def send_appeal(
    page: WithPage,
    reference: Reference,
    query: Token,
    form: Annotated[Appeal, Form()],
    caller: MaybeSignedIn,
    configuration: Configuration,
    db: Db,
    now: Now,
) -> Response:
    server_key = configuration.keys.server_key
    await appeal_decision(
        db, caller=caller, reference=reference, token=query.token, text=form.text, server_key=server_key, now=now
    )
    return page.go(_address(reference, query.token), "Your appeal is received.")


def _address(reference: str, token: str | None) -> str:
    """Someone who is signed in may come with any token, or none."""
    address = f"/notices/{quote(reference)}"
    return f"{address}?token={quote(token)}" if token else address
