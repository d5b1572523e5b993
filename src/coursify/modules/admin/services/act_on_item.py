"""An admin does something about an item of the work list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from coursify.core import audit, jobs, mail
from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.errors import StepUpRequired
from coursify.core.queries import job_queue
from coursify.modules.admin.errors import ActionNotPossible, AttentionItemNotFound, AttentionItemResolved
from coursify.modules.admin.services.confirm_proposal import confirm_proposal
from coursify.modules.attention import queries as attention
from coursify.modules.attention.models import Action, AttentionItem
from coursify.modules.attention.services.resolve import resolve
from coursify.modules.identity.policies import has_stepped_up
from coursify.modules.payments.queries import orders
from coursify.modules.payments.services.close_order import close_order
from coursify.modules.payments.services.decide_held_money import decide_held_money
from coursify.modules.payments.services.retry_refund import retry_refund
from coursify.modules.payments.services.settle_refund import settle_refund
from coursify.modules.webhooks.services.replay_event import replay_event

MOVES_MONEY: frozenset[Action] = frozenset({"accept", "return", "settle", "confirm"})
RECHECK = "payments.recheck_payment"


async def act_on_item(
    db: Connection,
    *,
    caller: Caller,
    item_id: UUID,
    action: Action,
    note: str | None,
    two_person_limits: Mapping[str, int],
    now: datetime,
) -> AttentionItem:
    """Do it, write it into the audit log and close the item; a recheck closes it only when the sums agree.

    Raises AttentionItemNotFound, AttentionItemResolved, ActionNotPossible, StepUpRequired where money moves, and what
    the action itself raises.
    """
    item = await _lock(db, caller, item_id, action, now)
    await _act(db, caller, item, action, two_person_limits, now)
    await audit.record(
        db,
        actor_id=caller.user_id,
        action=f"attention.{action}",
        target_type="attention_item",
        target_id=item.id,
        details={"kind": item.kind, "objectType": item.object_type, "objectId": item.object_id},
    )
    if action != "recheck":
        await resolve(
            db,
            kind=item.kind,
            object_type=item.object_type,
            object_id=item.object_id,
            resolution=action,
            resolved_by=caller.user_id,
            note=note,
            now=now,
        )
    return await attention.lock_item(db, item_id) or item


async def _lock(db: Connection, caller: Caller, item_id: UUID, action: Action, now: datetime) -> AttentionItem:
    item = await attention.lock_item(db, item_id)
    if item is None:
        raise AttentionItemNotFound
    if item.resolved_at:
        raise AttentionItemResolved
    if action not in item.actions:
        raise ActionNotPossible
    if moves_money(item, action) and not has_stepped_up(caller, now):
        raise StepUpRequired
    return item


def moves_money(item: AttentionItem, action: Action) -> bool:
    """Whether the action wants a recent sign-in."""
    return action in MOVES_MONEY or (item.kind == "refund_failed" and action == "retry")


async def _act(
    db: Connection,
    caller: Caller,
    item: AttentionItem,
    action: Action,
    two_person_limits: Mapping[str, int],
    now: datetime,
) -> None:
    """What is dismissed was dealt with elsewhere: nothing is left to do, but that an order on hold ends."""
    match (item.kind, action):
        case ("event_failed", "replay"):
            await replay_event(db, event_key=UUID(item.object_id), replayed_by=caller.user_id, now=now)
        case ("job_failed", "retry"):
            await job_queue.retry_failed_job(db, int(item.object_id), now=now)
        case ("email_failed" | "email_unknown" | "email_undelivered", "retry"):
            await mail.retry_email(db, UUID(item.object_id))
        case ("order_refused", "retry"):
            await orders.set_needs_review(db, UUID(item.object_id), why=None, now=now)
        case ("order_refused", "close"):
            await close_order(db, order_id=UUID(item.object_id), now=now)
        case ("money_difference", "recheck"):
            await jobs.defer(db, RECHECK, payment_id=UUID(item.object_id))
        case _:
            await _move_money(db, caller, item, action, two_person_limits, now)


async def _move_money(
    db: Connection,
    caller: Caller,
    item: AttentionItem,
    action: Action,
    limits: Mapping[str, int],
    now: datetime,
) -> None:
    """What takes two admins above a limit."""
    match (item.kind, action):
        case ("wrong_amount", "accept" | "return" | "dismiss"):
            payment_id = UUID(item.object_id)
            await decide_held_money(
                db, caller=caller, payment_id=payment_id, action=action, two_person_limits=limits, now=now
            )
        case ("refund_failed", "retry"):
            refund_id = UUID(item.object_id)
            await retry_refund(db, caller=caller, refund_id=refund_id, two_person_limits=limits, now=now)
        case ("refund_failed", "settle"):
            refund_id = UUID(item.object_id)
            await settle_refund(db, caller=caller, refund_id=refund_id, two_person_limits=limits, now=now)
        case ("refund_proposed", "confirm"):
            proposal_id = UUID(item.object_id)
            await confirm_proposal(db, caller=caller, proposal_id=proposal_id, two_person_limits=limits, now=now)
