CREATE TABLE backup_states (
    operation text PRIMARY KEY
        CHECK (operation IN ('full', 'incremental', 'wal', 'media', 'verify', 'prune')),
    succeeded_at timestamptz,
    failed_at timestamptz,
    problem text
);
COMMENT ON TABLE backup_states IS 'core: when each part of the backups last succeeded or failed, and why';
