"""Ledger transactions with free entries, facts that do not fit a row, quotes on orders, and the work list."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _ledger()
    _payments()
    _inbox_and_work_list()


def _ledger() -> None:
    op.execute(
        """
        CREATE TABLE ledger_transactions (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            source_type text NOT NULL CHECK (source_type IN
                ('payment', 'refund', 'dispute', 'payment_fee', 'dispute_fee', 'payout', 'adjustment')),
            source_id uuid NOT NULL,
            sequence smallint NOT NULL CHECK (sequence > 0),
            reverses_id uuid UNIQUE REFERENCES ledger_transactions (id),
            booked_at timestamptz NOT NULL,
            UNIQUE (source_type, source_id, sequence)
        );
        COMMENT ON TABLE ledger_transactions IS 'ledger: a fact that was booked, or the exact reversal of such a booking; insert only';

        INSERT INTO ledger_transactions (id, source_type, source_id, sequence, booked_at)
        SELECT txn_id, source_type, source_id, 1, min(booked_at) FROM ledger_entries
        WHERE source_type IN ('payment', 'refund', 'dispute') GROUP BY txn_id, source_type, source_id;
        INSERT INTO ledger_transactions (id, source_type, source_id, sequence, reverses_id, booked_at)
        SELECT entry.txn_id, booked.source_type, booked.source_id, 2, booked.id, min(entry.booked_at)
        FROM ledger_entries AS entry JOIN ledger_transactions AS booked
            ON booked.source_id = entry.source_id AND entry.source_type = booked.source_type || '_reversal'
        GROUP BY entry.txn_id, booked.source_type, booked.source_id, booked.id;

        DROP TRIGGER ledger_entries_balance ON ledger_entries;
        DROP INDEX ledger_entries_instructor;
        ALTER TABLE ledger_entries RENAME COLUMN txn_id TO transaction_id;
        ALTER INDEX ledger_entries_txn_id RENAME TO ledger_entries_transaction_id;
        ALTER TABLE ledger_entries
            ADD FOREIGN KEY (transaction_id) REFERENCES ledger_transactions (id),
            DROP CONSTRAINT ledger_entries_account_check,
            ADD CONSTRAINT ledger_entries_account_check CHECK (account IN
                ('provider_clearing', 'provider_fees', 'platform_revenue', 'instructor_payable', 'instructor_paid',
                 'tax_payable', 'bank', 'suspense')),
            DROP CONSTRAINT ledger_entries_check,
            ADD CONSTRAINT ledger_entries_instructor_check CHECK
                ((account IN ('instructor_payable', 'instructor_paid')) = (instructor_id IS NOT NULL)),
            ALTER COLUMN order_line_id DROP NOT NULL,
            ADD COLUMN available_at timestamptz,
            ADD CONSTRAINT ledger_entries_available_check CHECK
                (available_at IS NULL OR account = 'instructor_payable'),
            DROP COLUMN source_type,
            DROP COLUMN source_id,
            DROP COLUMN booked_at;
        CREATE INDEX ledger_entries_instructor ON ledger_entries (instructor_id, available_at)
            WHERE instructor_id IS NOT NULL;
        CREATE INDEX ledger_entries_order_line_id ON ledger_entries (order_line_id) WHERE order_line_id IS NOT NULL;

        CREATE OR REPLACE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM ledger_entries WHERE transaction_id = NEW.transaction_id
                       GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
                RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances();
        """
    )


def _payments() -> None:
    op.execute(
        """
        CREATE SEQUENCE provider_fetch_number;
        COMMENT ON SEQUENCE provider_fetch_number IS 'payments: numbers what is fetched from the provider, so that an older answer never overwrites a newer one';

        ALTER TABLE orders ADD COLUMN expires_at timestamptz;
        UPDATE orders SET expires_at = created_at + interval '24 hours';
        ALTER TABLE orders
            ALTER COLUMN expires_at SET NOT NULL,
            ADD COLUMN refund_days integer NOT NULL DEFAULT 30 CHECK (refund_days >= 0);
        ALTER TABLE orders ALTER COLUMN refund_days DROP DEFAULT;
        DROP INDEX orders_payable;
        CREATE INDEX orders_payable ON orders (expires_at, id) WHERE status = 'payable';

        ALTER TABLE order_lines
            ADD COLUMN tax_minor bigint NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),
            ADD COLUMN price_rule text NOT NULL DEFAULT 'list_price',
            ADD COLUMN price_reason text,
            ADD COLUMN paid_minor bigint CHECK (paid_minor >= 0),
            DROP CONSTRAINT order_lines_check1,
            ADD CONSTRAINT order_lines_amount_check CHECK
                (amount_minor = unit_amount_minor - discount_minor + tax_minor);
        UPDATE order_lines SET paid_minor = amount_minor FROM orders
        WHERE orders.id = order_id AND orders.status = 'paid';

        ALTER TABLE payments
            DROP CONSTRAINT payments_check,
            ADD CONSTRAINT payments_received_check CHECK (amount_received_minor >= 0),
            ADD COLUMN received_currency text CHECK (received_currency ~ '^[a-z]{3}$'),
            ADD COLUMN fetch_number bigint;
        UPDATE payments SET received_currency = currency WHERE intent_rank = 2;
        ALTER TABLE payments ADD CONSTRAINT payments_received_in_check CHECK
            ((intent_rank = 2) = (received_currency IS NOT NULL));

        ALTER TABLE refunds
            ADD COLUMN cause text NOT NULL DEFAULT 'request'
                CHECK (cause IN ('request', 'provider', 'duplicate', 'wrong_amount')),
            ADD COLUMN settled_by uuid REFERENCES users (id),
            ADD COLUMN fetch_number bigint;
        UPDATE refunds SET cause = 'provider' WHERE requested_by IS NULL;
        ALTER TABLE refunds ALTER COLUMN cause DROP DEFAULT;

        ALTER TABLE disputes
            ADD COLUMN currency text CHECK (currency ~ '^[a-z]{3}$'),
            ADD COLUMN fetch_number bigint;
        UPDATE disputes SET currency = payments.currency FROM payments WHERE payments.id = payment_id;
        ALTER TABLE disputes ALTER COLUMN currency SET NOT NULL;
        """
    )


def _inbox_and_work_list() -> None:
    op.execute(
        """
        ALTER TABLE provider_events
            DROP COLUMN payload,
            DROP CONSTRAINT provider_events_state_check,
            ADD CONSTRAINT provider_events_state_check CHECK
                (state IN ('received', 'applied', 'ignored', 'foreign', 'parked', 'failed'));
        COMMENT ON TABLE provider_events IS 'webhooks: the inbox; every event from outside, stored once before it is acknowledged, without its body';

        CREATE TABLE attention_items (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            kind text NOT NULL,
            object_type text NOT NULL,
            object_id text NOT NULL,
            why text NOT NULL,
            since timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            resolved_at timestamptz,
            resolved_by uuid REFERENCES users (id),
            resolution text,
            note text,
            CHECK ((resolved_at IS NULL) = (resolution IS NULL))
        );
        CREATE UNIQUE INDEX attention_items_one_open ON attention_items (kind, object_type, object_id)
            WHERE resolved_at IS NULL;
        CREATE INDEX attention_items_resolved_by ON attention_items (resolved_by) WHERE resolved_by IS NOT NULL;
        COMMENT ON TABLE attention_items IS 'attention: the work list; what a person has to look at, open until somebody or the facts resolved it';
        """
    )
