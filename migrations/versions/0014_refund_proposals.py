"""Refunds that one admin asked for and that take two."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE refund_proposals (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            payment_id uuid NOT NULL REFERENCES payments (id),
            course_id uuid REFERENCES courses (id),
            amount_minor bigint NOT NULL CHECK (amount_minor > 0),
            currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
            proposed_by uuid NOT NULL REFERENCES users (id),
            proposed_at timestamptz NOT NULL,
            confirmed_by uuid REFERENCES users (id) CHECK (confirmed_by <> proposed_by),
            refund_id uuid UNIQUE REFERENCES refunds (id),
            settled_at timestamptz,
            CHECK ((refund_id IS NULL) = (settled_at IS NULL)),
            CHECK (confirmed_by IS NULL OR refund_id IS NOT NULL)
        );
        CREATE UNIQUE INDEX refund_proposals_one_open ON refund_proposals (payment_id, course_id, amount_minor)
            NULLS NOT DISTINCT WHERE refund_id IS NULL;
        COMMENT ON TABLE refund_proposals IS 'payments: what one admin asked to give back and a second must confirm; open until a refund came of it';
        """
    )
