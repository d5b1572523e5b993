"""The SQL of decisions that wait for a second admin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection, execute, fetch_one, fetch_optional, fetch_value, fetch_values
from coursify.modules.payments.models.proposals import MoneyDecision, ProposedAction, RefundProposal

_PROPOSAL = """
    id, payment_id, action, course_id, failed_refund_id, amount_minor, currency, proposed_by, proposed_at, confirmed_by
"""


async def find_open_proposal(db: Connection, decision: MoneyDecision) -> RefundProposal | None:
    """The one proposal of exactly this that is not settled, also one that is too old to count."""
    return await fetch_optional(
        db,
        RefundProposal,
        f"""
        SELECT {_PROPOSAL} FROM refund_proposals
        WHERE payment_id = %(payment_id)s AND action = %(action)s AND amount_minor = %(amount_minor)s
          AND course_id IS NOT DISTINCT FROM %(course_id)s::uuid
          AND failed_refund_id IS NOT DISTINCT FROM %(failed_refund_id)s::uuid AND settled_at IS NULL
        """,
        payment_id=decision.payment.id,
        action=decision.action,
        amount_minor=decision.amount_minor,
        course_id=decision.course_id,
        failed_refund_id=decision.failed_refund_id,
    )


async def upsert_proposal(
    db: Connection, decision: MoneyDecision, *, proposed_by: UUID, now: datetime
) -> RefundProposal:
    """One open row for each thing that is asked for: one that does not count any more begins anew."""
    return await fetch_one(
        db,
        RefundProposal,
        f"""
        INSERT INTO refund_proposals
            (payment_id, action, course_id, failed_refund_id, amount_minor, currency, proposed_by, proposed_at)
        VALUES (%(payment_id)s, %(action)s, %(course_id)s, %(failed_refund_id)s, %(amount_minor)s, %(currency)s,
                %(proposed_by)s, %(now)s)
        ON CONFLICT (payment_id, action, course_id, failed_refund_id, amount_minor) WHERE settled_at IS NULL
        DO UPDATE SET proposed_by = EXCLUDED.proposed_by, proposed_at = EXCLUDED.proposed_at
        RETURNING {_PROPOSAL}
        """,
        payment_id=decision.payment.id,
        action=decision.action,
        course_id=decision.course_id,
        failed_refund_id=decision.failed_refund_id,
        amount_minor=decision.amount_minor,
        currency=decision.currency,
        proposed_by=proposed_by,
        now=now,
    )


async def settle_proposal(
    db: Connection, proposal_id: UUID, *, refund_id: UUID | None, confirmed_by: UUID | None, now: datetime
) -> RefundProposal:
    """Once only. `refund_id` is the refund that came of it; `confirmed_by` is None where no second admin was needed."""
    return await fetch_one(
        db,
        RefundProposal,
        f"""
        UPDATE refund_proposals
        SET refund_id = %(refund_id)s, confirmed_by = %(confirmed_by)s, settled_at = %(now)s
        WHERE id = %(proposal_id)s AND settled_at IS NULL
        RETURNING {_PROPOSAL}
        """,
        proposal_id=proposal_id,
        refund_id=refund_id,
        confirmed_by=confirmed_by,
        now=now,
    )


async def close_proposals(
    db: Connection, payment_id: UUID, *, actions: Sequence[ProposedAction], failed_refund_id: UUID | None, now: datetime
) -> list[UUID]:
    """Close the proposals of these actions that are open; return their ids."""
    return await fetch_values(
        db,
        UUID,
        """
        UPDATE refund_proposals SET settled_at = %(now)s
        WHERE payment_id = %(payment_id)s AND action = ANY(%(actions)s::text[])
          AND failed_refund_id IS NOT DISTINCT FROM %(failed_refund_id)s::uuid AND settled_at IS NULL
        RETURNING id
        """,
        payment_id=payment_id,
        actions=list(actions),
        failed_refund_id=failed_refund_id,
        now=now,
    )


async def find_proposal(db: Connection, proposal_id: UUID) -> RefundProposal | None:
    return await fetch_optional(
        db,
        RefundProposal,
        f"SELECT {_PROPOSAL} FROM refund_proposals WHERE id = %(proposal_id)s",
        proposal_id=proposal_id,
    )


async def is_agreed(db: Connection, refund_id: UUID) -> bool:
    """Whether two admins agreed on this refund."""
    return await fetch_value(
        db,
        bool,
        """
        SELECT EXISTS (SELECT FROM refund_proposals WHERE refund_id = %(refund_id)s AND confirmed_by IS NOT NULL)
        """,
        refund_id=refund_id,
    )


async def carry_over(db: Connection, *, failed_refund_id: UUID, refund_id: UUID) -> int:
    """What two admins agreed on is this refund now, instead of the one that failed."""
    return await execute(
        db,
        """
        UPDATE refund_proposals SET refund_id = %(refund_id)s
        WHERE refund_id = %(failed_refund_id)s AND confirmed_by IS NOT NULL
        """,
        failed_refund_id=failed_refund_id,
        refund_id=refund_id,
    )
