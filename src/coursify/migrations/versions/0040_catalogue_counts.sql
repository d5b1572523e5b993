CREATE TABLE catalogue_counts (
    category text,
    level text NOT NULL,
    language text NOT NULL,
    currency text NOT NULL,
    price_minor bigint NOT NULL,
    average_rating numeric NOT NULL,
    courses bigint NOT NULL
);
COMMENT ON TABLE catalogue_counts IS 'courses: how many courses are on sale, by filters; kept by a job while they are many';
COMMENT ON COLUMN catalogue_counts.price_minor IS 'courses: 0 is free, 1 is any price';
COMMENT ON COLUMN catalogue_counts.average_rating IS 'courses: rounded down to a half';
