CREATE TABLE notices (
    id uuid PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    subject_type text NOT NULL CHECK (subject_type IN ('course', 'lesson', 'review')),
    subject_id uuid NOT NULL,
    course_id uuid NOT NULL REFERENCES courses (id),
    affected_id uuid NOT NULL REFERENCES users (id),
    notifier_id uuid REFERENCES users (id),
    contact bytea,
    reason text NOT NULL,
    explanation text,
    is_good_faith boolean,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'decided', 'appealed', 'closed')),
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    appealed_by text CHECK (appealed_by IN ('notifier', 'affected')),
    appeal text,
    appealed_at timestamptz,
    CHECK (status = 'open' OR decided_at IS NOT NULL),
    CHECK ((appealed_at IS NULL) = (appealed_by IS NULL)),
    CHECK (status <> 'appealed' OR appealed_at IS NOT NULL)
);
CREATE UNIQUE INDEX notices_one_open ON notices (notifier_id, subject_type, subject_id)
    WHERE status = 'open' AND notifier_id IS NOT NULL;
CREATE INDEX notices_status ON notices (status, id DESC);
CREATE INDEX notices_course ON notices (course_id);
CREATE INDEX notices_affected ON notices (affected_id);
CREATE INDEX notices_notifier ON notices (notifier_id) WHERE notifier_id IS NOT NULL;
COMMENT ON TABLE notices IS
    'notices: what somebody finds illegal or against the rules in a course, a lesson or a review, and one appeal';
COMMENT ON COLUMN notices.contact IS 'notices: name and address of someone without an account, sealed';
COMMENT ON COLUMN notices.affected_id IS 'notices: the instructor of the course, or the author of the review';

CREATE TABLE notice_decisions (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    notice_id uuid NOT NULL REFERENCES notices (id),
    decision text NOT NULL
        CHECK (decision IN ('no_action', 'hide_review', 'restore_review', 'suspend_sale', 'resume_sale')),
    ground text NOT NULL CHECK (ground IN ('law', 'terms')),
    statement text NOT NULL,
    decided_by uuid NOT NULL REFERENCES users (id),
    decided_at timestamptz NOT NULL
);
CREATE INDEX notice_decisions_notice ON notice_decisions (notice_id, id);
CREATE INDEX notice_decisions_decided_by ON notice_decisions (decided_by);
COMMENT ON TABLE notice_decisions IS
    'notices: what an admin decided about a notice and why; the second one is about the appeal';
