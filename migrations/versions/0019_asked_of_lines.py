"""What a refund was asked for of each line, beside what it takes: the second follows the other returns of a payment."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE refund_lines ADD COLUMN asked_minor bigint NOT NULL DEFAULT 0 CHECK (asked_minor >= 0);
        UPDATE refund_lines SET asked_minor = refund_lines.amount_minor FROM refunds
        WHERE refunds.id = refund_id AND refunds.cause <> 'provider';
        ALTER TABLE refund_lines ALTER COLUMN asked_minor DROP DEFAULT;
        ALTER TABLE refund_lines DROP CONSTRAINT refund_lines_amount_minor_check;
        ALTER TABLE refund_lines ADD CONSTRAINT refund_lines_amount_minor_check CHECK (amount_minor >= 0);
        ALTER TABLE refunds ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt >= 1);
        COMMENT ON TABLE refund_lines IS
            'payments: what a refund was asked for of each course of the order, and what it takes of it';
        """
    )
