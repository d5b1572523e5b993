CREATE TABLE job_failures (
    job_id bigint NOT NULL REFERENCES procrastinate_jobs (id) ON DELETE CASCADE,
    attempt integer NOT NULL CHECK (attempt > 0),
    error jsonb NOT NULL,
    failed_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, attempt)
);
COMMENT ON TABLE job_failures IS
    'core: the error of each run of a job that failed, as in the log: its type and place, no message; deleted with the job';

-- Lists for people, by what became of a thing: nearly all orders are paid, nearly all events and emails went well.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX orders_unpaid ON orders (id) WHERE status <> 'paid';
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX provider_events_state ON provider_events (state, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX email_deliveries_state ON email_deliveries (state, id);
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX payments_created_at ON payments (created_at);
