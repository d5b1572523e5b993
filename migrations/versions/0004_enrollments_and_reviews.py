"""Enrollments, the grants that open them, progress, reviews."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE enrollments (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            user_id uuid NOT NULL REFERENCES users (id),
            course_id uuid NOT NULL REFERENCES courses (id),
            enrolled_at timestamptz NOT NULL,
            completed_at timestamptz,
            last_lesson_id uuid REFERENCES lessons (id),
            UNIQUE (user_id, course_id)
        );
        CREATE INDEX enrollments_course_id ON enrollments (course_id, id);
        CREATE INDEX enrollments_user_newest ON enrollments (user_id, id DESC);
        COMMENT ON TABLE enrollments IS 'enrollments: one row for a person and a course, for ever; holds progress, not access';

        CREATE TABLE access_grants (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            enrollment_id uuid NOT NULL REFERENCES enrollments (id),
            source_type text NOT NULL CHECK (source_type IN ('order_line', 'free', 'admin')),
            source_id uuid NOT NULL,
            granted_at timestamptz NOT NULL,
            valid_until timestamptz,
            revoked_at timestamptz,
            reason text,
            UNIQUE (source_type, source_id),
            CHECK ((revoked_at IS NULL) = (reason IS NULL))
        );
        CREATE INDEX access_grants_enrollment_id ON access_grants (enrollment_id);
        COMMENT ON TABLE access_grants IS 'enrollments: why someone may learn; access is open while one grant lives';

        CREATE TABLE lesson_progress (
            enrollment_id uuid NOT NULL REFERENCES enrollments (id),
            lesson_id uuid NOT NULL REFERENCES lessons (id),
            completed_at timestamptz,
            position_seconds integer NOT NULL DEFAULT 0 CHECK (position_seconds >= 0),
            updated_at timestamptz NOT NULL,
            PRIMARY KEY (enrollment_id, lesson_id)
        );
        CREATE INDEX lesson_progress_lesson_id ON lesson_progress (lesson_id);
        COMMENT ON TABLE lesson_progress IS 'enrollments: how far someone came in one lesson';

        CREATE TABLE reviews (
            id uuid PRIMARY KEY DEFAULT uuidv7(),
            user_id uuid NOT NULL REFERENCES users (id),
            course_id uuid NOT NULL REFERENCES courses (id),
            rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
            comment text,
            status text NOT NULL DEFAULT 'visible' CHECK (status IN ('visible', 'hidden')),
            reply text,
            replied_at timestamptz,
            created_at timestamptz NOT NULL,
            updated_at timestamptz NOT NULL,
            deleted_at timestamptz
        );
        CREATE UNIQUE INDEX reviews_one_each ON reviews (user_id, course_id) WHERE deleted_at IS NULL;
        CREATE INDEX reviews_course_newest ON reviews (course_id, id DESC)
            WHERE deleted_at IS NULL AND status = 'visible';
        COMMENT ON TABLE reviews IS 'reviews: what learners say; the course keeps the sum and the count of the visible ones';
        """
    )
