CREATE TABLE activity_rollups (
    scope text NOT NULL CHECK (scope IN ('platform', 'instructor', 'course', 'lesson')),
    scope_id uuid NOT NULL,
    grain text NOT NULL CHECK (grain IN ('quarter', 'hour', 'day', 'month')),
    started_at timestamptz NOT NULL,
    sign_ups bigint NOT NULL DEFAULT 0,
    checkouts bigint NOT NULL DEFAULT 0,
    payments bigint NOT NULL DEFAULT 0,
    enrollments bigint NOT NULL DEFAULT 0,
    completions bigint NOT NULL DEFAULT 0,
    ratings bigint NOT NULL DEFAULT 0,
    views bigint NOT NULL DEFAULT 0,
    viewers bigint NOT NULL DEFAULT 0,
    learners bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (scope_id, grain, started_at)
);
CREATE INDEX activity_rollups_by_time ON activity_rollups (grain, scope, started_at)
    INCLUDE (scope_id, enrollments, views, viewers);
COMMENT ON TABLE activity_rollups IS
    'analytics: what happened to a course, an instructor''s courses, a lesson or the platform, by UTC quarter-hour, hour, day and month';
COMMENT ON COLUMN activity_rollups.scope_id IS
    'analytics: id of the course, instructor or lesson; zeros for the platform';
COMMENT ON COLUMN activity_rollups.views IS
    'analytics: views, viewers and learners are daily facts: 0 in quarter-hours and hours, in months the sum of the days';

CREATE TABLE revenue_rollups (
    scope text NOT NULL CHECK (scope IN ('platform', 'instructor', 'course')),
    scope_id uuid NOT NULL,
    grain text NOT NULL CHECK (grain IN ('quarter', 'hour', 'day', 'month')),
    started_at timestamptz NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    gross_minor bigint NOT NULL,
    discount_minor bigint NOT NULL,
    refunded_minor bigint NOT NULL,
    fees_minor bigint NOT NULL,
    instructor_share_minor bigint NOT NULL,
    PRIMARY KEY (scope_id, grain, started_at, currency)
);
CREATE INDEX revenue_rollups_by_time ON revenue_rollups (grain, scope, started_at)
    INCLUDE (scope_id, currency, gross_minor, refunded_minor);
COMMENT ON TABLE revenue_rollups IS
    'analytics: the money of the same scopes and periods as in activity_rollups, by currency, as the ledger has it';

CREATE TABLE cohort_rollups (
    scope text NOT NULL CHECK (scope IN ('platform', 'instructor', 'course')),
    scope_id uuid NOT NULL,
    enrolled_in date NOT NULL,
    active_in date NOT NULL,
    learners bigint NOT NULL,
    PRIMARY KEY (scope_id, enrolled_in, active_in)
);
CREATE INDEX cohort_rollups_active_in ON cohort_rollups (active_in);
COMMENT ON TABLE cohort_rollups IS
    'analytics: of those who enrolled in one month (UTC), how many completed a lesson in another';

CREATE TABLE current_totals (
    name text PRIMARY KEY CHECK (name IN ('users', 'courses', 'published_courses')),
    value bigint NOT NULL
);
COMMENT ON TABLE current_totals IS 'analytics: how many there are now, counted every minute';

CREATE TABLE rollup_progress (
    name text PRIMARY KEY CHECK (name = 'refresh'),
    refreshed_until timestamptz NOT NULL
);
COMMENT ON TABLE rollup_progress IS 'analytics: every fact before this time is in the rollups';

ALTER TABLE courses ADD COLUMN trending_score bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN courses.trending_score IS
    'courses: enrollments and viewers of the last 30 days, recent ones weigh more; written by a job of analytics';

-- The tables below are read by the time of their facts. Each build reads one table once and ends long before the lock
-- timeout of those who wait; progress, which is the large one, has a revision of its own.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX courses_trending ON courses (trending_score DESC, id DESC)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX users_created_at ON users (created_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX orders_created_at ON orders (created_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX orders_paid_at ON orders (paid_at) WHERE paid_at IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX ledger_transactions_booked_at ON ledger_transactions (booked_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX enrollments_enrolled_at ON enrollments (enrolled_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX enrollments_completed_at ON enrollments (completed_at) WHERE completed_at IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX reviews_created_at ON reviews (created_at);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX course_views_day ON course_views (day);
