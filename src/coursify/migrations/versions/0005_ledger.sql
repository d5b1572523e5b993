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
COMMENT ON TABLE ledger_transactions IS
    'ledger: a booked payment, refund, dispute, fee or payout, or the exact reversal of one; insert only';

-- order_line_id gets its foreign key from the revision of payments, which come after the ledger.
CREATE TABLE ledger_entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_id uuid NOT NULL REFERENCES ledger_transactions (id),
    account text NOT NULL CHECK (account IN
        ('provider_clearing', 'provider_fees', 'platform_revenue', 'instructor_payable', 'instructor_paid',
         'tax_payable', 'bank', 'suspense')),
    instructor_id uuid REFERENCES users (id),
    amount_minor bigint NOT NULL CHECK (amount_minor <> 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    order_line_id uuid,
    available_at timestamptz,
    CONSTRAINT ledger_entries_instructor_check CHECK
        ((account IN ('instructor_payable', 'instructor_paid')) = (instructor_id IS NOT NULL)),
    CONSTRAINT ledger_entries_available_check CHECK (available_at IS NULL OR account = 'instructor_payable')
);
CREATE INDEX ledger_entries_transaction_id ON ledger_entries (transaction_id);
CREATE INDEX ledger_entries_instructor ON ledger_entries (instructor_id, available_at)
    WHERE instructor_id IS NOT NULL;
CREATE INDEX ledger_entries_order_line_id ON ledger_entries (order_line_id) WHERE order_line_id IS NOT NULL;
COMMENT ON TABLE ledger_entries IS 'ledger: double entry, debit positive, credit negative; insert only';

CREATE FUNCTION ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
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
