CREATE TABLE sitemap_starts (
    number integer PRIMARY KEY CHECK (number > 1),
    first_id uuid NOT NULL
);
COMMENT ON TABLE sitemap_starts IS
    'courses: with which course a sitemap begins, from the second one on; added by a job when the last one is full';
