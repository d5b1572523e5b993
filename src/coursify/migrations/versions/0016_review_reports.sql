CREATE TABLE review_decisions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    review_id uuid NOT NULL REFERENCES reviews (id),
    decision text NOT NULL CHECK (decision IN ('hide', 'restore', 'dismiss')),
    reason text,
    decided_by uuid NOT NULL REFERENCES users (id),
    decided_at timestamptz NOT NULL,
    CHECK (decision <> 'hide' OR reason IS NOT NULL)
);
CREATE INDEX review_decisions_review ON review_decisions (review_id, id DESC);
CREATE INDEX review_decisions_decided_by ON review_decisions (decided_by);
COMMENT ON TABLE review_decisions IS
    'reviews: each time an admin hid a review, restored it or dismissed the reports about it, and why';

CREATE TABLE review_reports (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    review_id uuid NOT NULL REFERENCES reviews (id),
    reporter_id uuid NOT NULL REFERENCES users (id),
    reason text NOT NULL CHECK (reason IN ('spam', 'abuse', 'off_topic', 'personal_data', 'other')),
    comment text,
    created_at timestamptz NOT NULL,
    decision_id uuid REFERENCES review_decisions (id),
    CONSTRAINT review_reports_once UNIQUE (review_id, reporter_id)
);
CREATE INDEX review_reports_open ON review_reports (review_id) WHERE decision_id IS NULL;
CREATE INDEX review_reports_reporter ON review_reports (reporter_id);
CREATE INDEX review_reports_decision ON review_reports (decision_id) WHERE decision_id IS NOT NULL;
COMMENT ON TABLE review_reports IS
    'reviews: who reported a review and why, once per person; open until an admin decides';

-- Hidden reviews are few, and a scan of this size ends long before the lock timeout.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX reviews_hidden ON reviews (id DESC) WHERE deleted_at IS NULL AND status = 'hidden';
