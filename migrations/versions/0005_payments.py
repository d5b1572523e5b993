"""Orders, payments, refunds, disputes, the inbox of provider events, the ledger."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE payment_customers (
            user_id uuid PRIMARY KEY REFERENCES users (id),
            provider_customer_id text NOT NULL UNIQUE,
            created_at timestamptz NOT NULL
        );
        COMMENT ON TABLE payment_customers IS 'payments: who a buyer is at the provider';

        CREATE TABLE orders (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            user_id uuid NOT NULL REFERENCES users (id),
            status text NOT NULL CHECK (status IN ('payable', 'paid', 'canceled', 'expired')),
            currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
            list_price_minor bigint NOT NULL CHECK (list_price_minor >= 0),
            discount_minor bigint NOT NULL DEFAULT 0 CHECK (discount_minor BETWEEN 0 AND list_price_minor),
            tax_minor bigint NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),
            total_minor bigint NOT NULL CHECK (total_minor = list_price_minor - discount_minor + tax_minor),
            needs_review text,
            paid_at timestamptz,
            closed_at timestamptz,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            CHECK ((status = 'paid') = (paid_at IS NOT NULL))
        );
        CREATE INDEX orders_user_newest ON orders (user_id, id DESC);
        CREATE INDEX orders_payable ON orders (created_at) WHERE status = 'payable';
        CREATE INDEX orders_needs_review ON orders (id) WHERE needs_review IS NOT NULL;
        COMMENT ON TABLE orders IS 'payments: what was bought at which price, frozen when it was ordered';

        CREATE TABLE order_lines (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            order_id uuid NOT NULL REFERENCES orders (id),
            user_id uuid NOT NULL REFERENCES users (id),
            course_id uuid NOT NULL REFERENCES courses (id),
            course_version integer NOT NULL,
            title text NOT NULL,
            instructor_id uuid NOT NULL REFERENCES users (id),
            instructor_share_bp integer NOT NULL CHECK (instructor_share_bp BETWEEN 0 AND 10000),
            unit_amount_minor bigint NOT NULL CHECK (unit_amount_minor >= 0),
            discount_minor bigint NOT NULL DEFAULT 0 CHECK (discount_minor BETWEEN 0 AND unit_amount_minor),
            amount_minor bigint NOT NULL CHECK (amount_minor = unit_amount_minor - discount_minor),
            is_open boolean NOT NULL,
            UNIQUE (order_id, course_id)
        );
        CREATE UNIQUE INDEX order_lines_one_open ON order_lines (user_id, course_id) WHERE is_open;
        CREATE INDEX order_lines_course_id ON order_lines (course_id);
        CREATE INDEX order_lines_instructor_id ON order_lines (instructor_id);
        COMMENT ON TABLE order_lines IS 'payments: one course of an order; open while the order can still be paid';

        CREATE TABLE payments (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            order_id uuid NOT NULL UNIQUE REFERENCES orders (id),
            user_id uuid NOT NULL REFERENCES users (id),
            provider_payment_id text UNIQUE,
            attempt smallint NOT NULL DEFAULT 1,
            attempted_at timestamptz,
            claimed_until timestamptz,
            client_secret bytea,
            intent_status text NOT NULL DEFAULT 'requires_payment_method',
            intent_rank smallint NOT NULL DEFAULT 0 CHECK (intent_rank BETWEEN 0 AND 2),
            amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
            amount_received_minor bigint NOT NULL DEFAULT 0
                CHECK (amount_received_minor BETWEEN 0 AND amount_minor),
            currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
            last_error_code text,
            last_error_message text,
            asked_at timestamptz,
            received_at timestamptz,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            CHECK ((intent_rank = 2) = (received_at IS NOT NULL))
        );
        CREATE INDEX payments_user_newest ON payments (user_id, id DESC);
        CREATE INDEX payments_open ON payments (created_at) WHERE intent_rank = 0;
        COMMENT ON TABLE payments IS 'payments: what the provider says of an order; intent_rank 0 open, 1 canceled, 2 received, only upwards';

        CREATE TABLE payment_status_history (
            payment_id uuid NOT NULL REFERENCES payments (id),
            seq integer NOT NULL,
            intent_status text NOT NULL,
            rank smallint NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (payment_id, seq)
        );
        COMMENT ON TABLE payment_status_history IS 'payments: every step of an intent; insert only';

        CREATE TABLE refunds (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            payment_id uuid NOT NULL REFERENCES payments (id),
            status text NOT NULL CHECK (status IN ('requested', 'pending', 'succeeded', 'failed')),
            amount_minor bigint NOT NULL CHECK (amount_minor > 0),
            currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
            reason text,
            requested_by uuid REFERENCES users (id),
            requested_by_admin boolean NOT NULL,
            provider_refund_id text UNIQUE,
            failure text,
            settled_at timestamptz,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE INDEX refunds_payment_id ON refunds (payment_id);
        CREATE INDEX refunds_unsettled ON refunds (created_at) WHERE status IN ('requested', 'pending');
        COMMENT ON TABLE refunds IS 'payments: money on its way back; only the provider settles it';

        CREATE TABLE refund_lines (
            refund_id uuid NOT NULL REFERENCES refunds (id),
            order_line_id uuid NOT NULL REFERENCES order_lines (id),
            amount_minor bigint NOT NULL CHECK (amount_minor > 0),
            PRIMARY KEY (refund_id, order_line_id)
        );
        CREATE INDEX refund_lines_order_line_id ON refund_lines (order_line_id);
        COMMENT ON TABLE refund_lines IS 'payments: which course of the order a refund gives back';

        CREATE TABLE disputes (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            payment_id uuid NOT NULL REFERENCES payments (id),
            provider_dispute_id text NOT NULL UNIQUE,
            status text NOT NULL CHECK (status IN ('open', 'won', 'lost')),
            amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
            opened_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE INDEX disputes_payment_id ON disputes (payment_id);
        COMMENT ON TABLE disputes IS 'payments: a buyer''s bank asks for the money back; the provider''s word overwrites ours';

        CREATE TABLE provider_events (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            provider text NOT NULL,
            event_id text NOT NULL,
            type text NOT NULL,
            object_type text NOT NULL,
            object_id text NOT NULL,
            api_version text,
            payload bytea,
            state text NOT NULL DEFAULT 'received'
                CHECK (state IN ('received', 'applied', 'ignored', 'parked', 'failed')),
            attempts integer NOT NULL DEFAULT 0,
            reason text,
            received_at timestamptz NOT NULL,
            handled_at timestamptz,
            UNIQUE (provider, event_id)
        );
        CREATE INDEX provider_events_unhandled ON provider_events (received_at)
            WHERE state IN ('received', 'parked');
        CREATE INDEX provider_events_object ON provider_events (object_id);
        COMMENT ON TABLE provider_events IS 'webhooks: the inbox; every event from outside, sealed, stored once before anyone is told yes';

        CREATE TABLE provider_cursors (
            provider text PRIMARY KEY,
            reconciled_until timestamptz NOT NULL
        );
        COMMENT ON TABLE provider_cursors IS 'webhooks: how far the reconciler has asked';

        CREATE TABLE ledger_entries (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            txn_id uuid NOT NULL,
            account text NOT NULL CHECK (account IN ('provider_clearing', 'instructor_payable', 'platform_revenue')),
            instructor_id uuid REFERENCES users (id),
            amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
            currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
            source_type text NOT NULL
                CHECK (source_type IN ('payment', 'refund', 'refund_reversal', 'dispute', 'dispute_reversal')),
            source_id uuid NOT NULL,
            order_line_id uuid NOT NULL REFERENCES order_lines (id),
            booked_at timestamptz NOT NULL,
            UNIQUE (source_type, source_id, account, order_line_id),
            CHECK ((account = 'instructor_payable') = (instructor_id IS NOT NULL))
        );
        CREATE INDEX ledger_entries_txn_id ON ledger_entries (txn_id);
        CREATE INDEX ledger_entries_instructor ON ledger_entries (instructor_id, booked_at)
            WHERE instructor_id IS NOT NULL;
        COMMENT ON TABLE ledger_entries IS 'ledger: double entry, debit positive, credit negative; insert only';

        CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM ledger_entries WHERE txn_id = NEW.txn_id
                       GROUP BY currency HAVING sum(amount_minor) <> 0) THEN
                RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.txn_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$;
        CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balances();

        CREATE FUNCTION payment_rank_rises() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.intent_rank < OLD.intent_rank THEN
                RAISE EXCEPTION 'payment % would fall from rank % to %', OLD.id, OLD.intent_rank, NEW.intent_rank
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER payments_rank BEFORE UPDATE OF intent_rank ON payments
            FOR EACH ROW EXECUTE FUNCTION payment_rank_rises();
        """
    )
