CREATE SEQUENCE provider_fetch_number;
COMMENT ON SEQUENCE provider_fetch_number IS
    'payments: numbers what is fetched from the provider, so that an older answer never overwrites a newer one';

CREATE TABLE payment_customers (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    provider_customer_id text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE payment_customers IS 'payments: the customer id of a buyer at the provider';

CREATE TABLE orders (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    user_id uuid NOT NULL REFERENCES users (id),
    status text NOT NULL CHECK (status IN ('payable', 'paid', 'canceled', 'expired')),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    list_price_minor bigint NOT NULL CHECK (list_price_minor >= 0),
    discount_minor bigint NOT NULL DEFAULT 0 CHECK (discount_minor BETWEEN 0 AND list_price_minor),
    tax_minor bigint NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),
    total_minor bigint NOT NULL CHECK (total_minor = list_price_minor - discount_minor + tax_minor),
    refund_days integer NOT NULL CHECK (refund_days >= 0),
    needs_review text,
    paid_at timestamptz,
    closed_at timestamptz,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((status = 'paid') = (paid_at IS NOT NULL))
);
CREATE INDEX orders_user_newest ON orders (user_id, id DESC);
CREATE INDEX orders_payable ON orders (expires_at, id) WHERE status = 'payable';
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
    tax_minor bigint NOT NULL DEFAULT 0 CHECK (tax_minor >= 0),
    amount_minor bigint NOT NULL,
    paid_minor bigint CHECK (paid_minor >= 0),
    price_rule text NOT NULL DEFAULT 'list_price',
    price_reason text,
    is_open boolean NOT NULL,
    UNIQUE (order_id, course_id),
    CONSTRAINT order_lines_amount_check CHECK (amount_minor = unit_amount_minor - discount_minor + tax_minor)
);
CREATE UNIQUE INDEX order_lines_one_open ON order_lines (user_id, course_id) WHERE is_open;
CREATE INDEX order_lines_course_id ON order_lines (course_id);
CREATE INDEX order_lines_instructor_id ON order_lines (instructor_id);
COMMENT ON TABLE order_lines IS 'payments: one course of an order; open while the order can still be paid';
-- The ledger comes before payments and is empty here, so nothing is scanned or blocked.
-- squawk-ignore adding-foreign-key-constraint, constraint-missing-not-valid
ALTER TABLE ledger_entries ADD FOREIGN KEY (order_line_id) REFERENCES order_lines (id);

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
    fetch_number bigint,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    amount_received_minor bigint NOT NULL DEFAULT 0
        CONSTRAINT payments_received_check CHECK (amount_received_minor >= 0),
    received_currency text CHECK (received_currency ~ '^[a-z]{3}$'),
    last_error_code text,
    last_error_message text,
    asked_at timestamptz,
    received_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payments_check1 CHECK ((intent_rank = 2) = (received_at IS NOT NULL)),
    CONSTRAINT payments_received_in_check CHECK ((intent_rank = 2) = (received_currency IS NOT NULL))
);
CREATE INDEX payments_user_newest ON payments (user_id, id DESC);
CREATE INDEX payments_open ON payments (created_at) WHERE intent_rank = 0;
COMMENT ON TABLE payments IS
    'payments: the state of an order at the provider; intent_rank 0 open, 1 canceled, 2 received, only upwards';

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

CREATE TABLE payment_status_history (
    payment_id uuid NOT NULL REFERENCES payments (id),
    seq integer NOT NULL,
    intent_status text NOT NULL,
    rank smallint NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (payment_id, seq)
);
COMMENT ON TABLE payment_status_history IS 'payments: every status that an intent had; insert only';

CREATE TABLE refunds (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    payment_id uuid NOT NULL REFERENCES payments (id),
    cause text NOT NULL CHECK (cause IN ('request', 'provider', 'duplicate', 'wrong_amount')),
    status text NOT NULL CHECK (status IN ('requested', 'pending', 'succeeded', 'failed')),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    reason text,
    requested_by uuid REFERENCES users (id),
    requested_by_admin boolean NOT NULL,
    attempt integer NOT NULL DEFAULT 1 CHECK (attempt >= 1),
    provider_refund_id text UNIQUE,
    fetch_number bigint,
    failure text,
    settled_at timestamptz,
    settled_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX refunds_payment_id ON refunds (payment_id);
CREATE INDEX refunds_unsettled ON refunds (created_at) WHERE status IN ('requested', 'pending');
COMMENT ON TABLE refunds IS 'payments: money that is returned to a buyer; only the provider settles a refund';

CREATE TABLE refund_lines (
    refund_id uuid NOT NULL REFERENCES refunds (id),
    order_line_id uuid NOT NULL REFERENCES order_lines (id),
    asked_minor bigint NOT NULL CHECK (asked_minor >= 0),
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    PRIMARY KEY (refund_id, order_line_id)
);
CREATE INDEX refund_lines_order_line_id ON refund_lines (order_line_id);
COMMENT ON TABLE refund_lines IS
    'payments: the amount that was requested for each course of the order, and the amount that is refunded of it';

CREATE TABLE refund_proposals (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    payment_id uuid NOT NULL REFERENCES payments (id),
    action text NOT NULL CHECK (action IN ('refund', 'settle', 'accept', 'return')),
    course_id uuid REFERENCES courses (id),
    failed_refund_id uuid REFERENCES refunds (id),
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    proposed_by uuid NOT NULL REFERENCES users (id),
    proposed_at timestamptz NOT NULL,
    confirmed_by uuid REFERENCES users (id) CHECK (confirmed_by <> proposed_by),
    refund_id uuid UNIQUE REFERENCES refunds (id),
    settled_at timestamptz,
    CHECK ((action = 'settle') = (failed_refund_id IS NOT NULL)),
    CHECK (settled_at IS NOT NULL OR (refund_id IS NULL AND confirmed_by IS NULL))
);
CREATE UNIQUE INDEX refund_proposals_one_open
    ON refund_proposals (payment_id, action, course_id, failed_refund_id, amount_minor)
    NULLS NOT DISTINCT WHERE settled_at IS NULL;
CREATE INDEX refund_proposals_failed_refund_id ON refund_proposals (failed_refund_id)
    WHERE failed_refund_id IS NOT NULL;
COMMENT ON TABLE refund_proposals IS
    'payments: a decision about money that one admin asked for and a second must confirm; open until it is settled';

CREATE TABLE disputes (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    payment_id uuid NOT NULL REFERENCES payments (id),
    provider_dispute_id text NOT NULL UNIQUE,
    status text NOT NULL CHECK (status IN ('open', 'won', 'lost')),
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    fetch_number bigint,
    opened_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX disputes_payment_id ON disputes (payment_id);
COMMENT ON TABLE disputes IS
    'payments: a buyer''s bank demands the money back; what the provider says overwrites our row';
