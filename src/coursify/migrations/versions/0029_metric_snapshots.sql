CREATE TABLE metric_snapshots (
    name text PRIMARY KEY CHECK (name = 'figures'),
    taken_at timestamptz NOT NULL,
    samples jsonb NOT NULL
);
COMMENT ON TABLE metric_snapshots IS
    'core: the figures of the database that Prometheus gets, read at most once in 15 seconds for all processes';
