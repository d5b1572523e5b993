"""The work list: what needs a person, why and since when, and what can be done about it."""

from __future__ import annotations

from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import Form, Query, Response

from coursify.core.database import Connection
from coursify.core.errors import StepUpRequired
from coursify.core.http import Configuration, Db, Now, PageCursors, SignedIn
from coursify.core.pagination import TOTAL_CAP, Pager, cut
from coursify.modules.admin.errors import ActionNotPossible, AttentionItemNotFound
from coursify.modules.admin.schemas import ActionIn, AttentionQuery
from coursify.modules.admin.services.act_on_item import act_on_item, moves_money
from coursify.modules.attention import queries
from coursify.modules.attention.models import Action, AttentionItem, Kind
from coursify.modules.attention.services.collect_failures import collect_failures
from coursify.modules.identity.policies import has_stepped_up
from coursify.modules.payments.models.proposals import RefundProposal
from coursify.modules.payments.queries import owners, proposals
from coursify.modules.users.queries import users
from coursify.pages.admin.attention_texts import DONE, EFFECTS, LABELS, OBJECTS_OF_PAYMENTS, PAGES_OF_OBJECTS
from coursify.pages.admin.policies import CHANGE, READ
from coursify.pages.core.page import WithPage
from coursify.pages.core.page_route import Pages

pages = Pages()

_ONE = "/admin/attention/{item_id}"
_KINDS: tuple[Kind, ...] = get_args(Kind)


@pages.get("/admin/attention", page_id="page_admin_attention", policy=READ)
async def show_items(
    page: WithPage, query: Annotated[AttentionQuery, Query()], db: Db, now: Now, cursors: PageCursors
) -> Response:
    pager = Pager(query, cursors, "pages.attention", query.kind, query.state)
    window = pager.window
    await collect_failures(db, now=now)
    is_open = query.state == "open"
    rows = await queries.list_items(db, is_open=is_open, kind=query.kind, before=window.after_id, **window.bound())
    total = await queries.count_items(db, is_open=is_open, kind=query.kind, cap=TOTAL_CAP)
    found = cut(rows, window, total=total)
    people = await users.list_users_by_id(db, [each.resolved_by for each in found.items if each.resolved_by])
    meta = pager.meta(found)
    values: dict[str, Any] = {
        "kinds": _KINDS,
        "labels": LABELS,
        "people": {user.id: user for user in people},
        "next_page": page.next_page(meta),
    }
    return page.render("admin/attention.html", items=found.items, chosen=query, meta=meta, **values)


@pages.get(_ONE, page_id="page_admin_attention_item", policy=READ)
async def show_item(page: WithPage, item_id: UUID, db: Db, now: Now) -> Response:
    """Raises AttentionItemNotFound."""
    item = await _get_item(db, item_id)
    proposal = await _find_proposal(db, item)
    return page.render(
        "admin/attention_item.html",
        item=item,
        labels=LABELS,
        effects=EFFECTS,
        object_page=await _page_of(db, item),
        proposal=proposal,
        proposer=await users.find_user(db, proposal.proposed_by) if proposal else None,
        counts=proposal.counts_at(now) if proposal else False,
        resolver=await users.find_user(db, item.resolved_by) if item.resolved_by else None,
    )


@pages.get(_ONE + "/{action}", page_id="page_admin_attention_action", policy=READ)
async def show_action(page: WithPage, item_id: UUID, action: Action, caller: SignedIn, db: Db, now: Now) -> Response:
    """The confirmation. Raises StepUpRequired where money moves, so that nothing is typed twice."""
    item = await _get_item(db, item_id)
    if action not in item.actions:
        raise ActionNotPossible
    if moves_money(item, action) and not has_stepped_up(caller, now):
        raise StepUpRequired
    return page.render(
        "admin/attention_action.html",
        item=item,
        action=action,
        label=LABELS[action],
        effect=EFFECTS[item.kind, action],
        tone="destroy" if moves_money(item, action) else "primary",
        object_page=await _page_of(db, item),
        form=page.form(f"/admin/attention/{item_id}/{action}"),
    )


@pages.post(_ONE + "/{action}", page_id="page_admin_act_on_attention", policy=CHANGE, form_page=show_action)
async def send_action(
    page: WithPage,
    item_id: UUID,
    action: Action,
    form: Annotated[ActionIn, Form()],
    caller: SignedIn,
    configuration: Configuration,
    db: Db,
    now: Now,
) -> Response:
    limits = dict(configuration.app.two_person_refunds)
    await act_on_item(
        db, caller=caller, item_id=item_id, action=action, note=form.note, two_person_limits=limits, now=now
    )
    return page.go("/admin/attention", DONE[action])


async def _get_item(db: Connection, item_id: UUID) -> AttentionItem:
    item = await queries.find_item(db, item_id)
    if item is None:
        raise AttentionItemNotFound
    return item


async def _find_proposal(db: Connection, item: AttentionItem) -> RefundProposal | None:
    if item.object_type != "refund_proposal":
        return None
    return await proposals.find_proposal(db, UUID(item.object_id))


async def _page_of(db: Connection, item: AttentionItem) -> str | None:
    """Where an admin reads about the object, if there is a page."""
    if item.object_type == "intent":
        payment_id = await owners.find_payment_of_provider_object(db, item.object_id)
    elif item.object_type in OBJECTS_OF_PAYMENTS:
        payment_id = await owners.find_payment_of_object(db, UUID(item.object_id))
    else:
        folder = PAGES_OF_OBJECTS.get(item.object_type)
        return f"{folder}/{item.object_id}" if folder else None
    return f"/admin/payments/{payment_id}" if payment_id else None
