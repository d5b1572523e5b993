"""A proposal says what was asked for: settling a failed refund, accepting or returning money on hold take two as well."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE refund_proposals
            ADD COLUMN action text NOT NULL DEFAULT 'refund' CHECK (action IN ('refund', 'settle', 'accept', 'return')),
            ADD COLUMN failed_refund_id uuid REFERENCES refunds (id),
            ADD CHECK ((action = 'settle') = (failed_refund_id IS NOT NULL));
        ALTER TABLE refund_proposals ALTER COLUMN action DROP DEFAULT;
        ALTER TABLE refund_proposals DROP CONSTRAINT refund_proposals_check2;
        ALTER TABLE refund_proposals DROP CONSTRAINT refund_proposals_check1;
        ALTER TABLE refund_proposals ADD CHECK (settled_at IS NOT NULL OR (refund_id IS NULL AND confirmed_by IS NULL));
        DROP INDEX refund_proposals_one_open;
        CREATE UNIQUE INDEX refund_proposals_one_open
            ON refund_proposals (payment_id, action, course_id, failed_refund_id, amount_minor)
            NULLS NOT DISTINCT WHERE settled_at IS NULL;
        CREATE INDEX refund_proposals_failed_refund ON refund_proposals (failed_refund_id)
            WHERE failed_refund_id IS NOT NULL;
        COMMENT ON TABLE refund_proposals IS 'payments: what one admin asked for and a second must confirm: to refund, to settle a failed refund, to accept or return money on hold';
        """
    )
