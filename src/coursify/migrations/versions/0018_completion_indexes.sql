-- Apart from the new columns, so that nobody who reads waits for this.
-- Random digits of a random id; new codes are made by core/codes.py, whose alphabet has these digits.
UPDATE enrollments
SET certificate_code = upper(substr(gen_random_uuid()::text, 1, 8) || substr(gen_random_uuid()::text, 25))
WHERE completed_at IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX enrollments_certificate_code ON enrollments (certificate_code) WHERE certificate_code IS NOT NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX access_grants_changed ON access_grants (coalesce(changed_at, granted_at));
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX access_grants_ending ON access_grants (valid_until) WHERE valid_until IS NOT NULL;
