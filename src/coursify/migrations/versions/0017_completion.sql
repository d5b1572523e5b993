ALTER TABLE access_grants ADD COLUMN changed_at timestamptz;
COMMENT ON COLUMN access_grants.changed_at IS
    'enrollments: when the grant was closed or opened again; null until then. The counter of learners follows it';

ALTER TABLE enrollments ADD COLUMN certificate_code text;
COMMENT ON COLUMN enrollments.certificate_code IS
    'enrollments: the code of the certificate, made with the completion, so that a course is completed exactly once';
COMMENT ON COLUMN enrollments.completed_at IS
    'enrollments: when every lesson was done for the first time; kept when lessons are added later';
