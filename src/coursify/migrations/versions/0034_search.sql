CREATE TABLE course_search (
    course_id uuid PRIMARY KEY REFERENCES courses (id),
    head tsvector NOT NULL,
    body tsvector NOT NULL,
    parts tsvector NOT NULL,
    course_version integer NOT NULL,
    index_version smallint NOT NULL
) WITH (toast_tuple_target = 600);
COMMENT ON TABLE course_search IS
    'courses: the words by which a course is found; written by the application, which cuts and folds them';
COMMENT ON COLUMN course_search.head IS
    'courses: words of title, instructor, subtitle and category; short, because ranking reads it for many courses';
COMMENT ON COLUMN course_search.body IS 'courses: every word of the course';
COMMENT ON COLUMN course_search.parts IS 'courses: the ends of words, by which a part of a word is found';
COMMENT ON COLUMN course_search.course_version IS 'courses: the version of the course that was read';
COMMENT ON COLUMN course_search.index_version IS
    'courses: the version of the rules by which the words were cut and folded';
CREATE INDEX course_search_words ON course_search USING gin ((head || body || parts)) WITH (fastupdate = off);

CREATE TABLE search_words (
    word text COLLATE "C" PRIMARY KEY,
    courses integer NOT NULL
);
COMMENT ON TABLE search_words IS 'courses: the words of courses on sale, and how many courses have each; kept by a job';

CREATE TABLE search_deletes (
    deletion text COLLATE "C" NOT NULL,
    word text COLLATE "C" NOT NULL REFERENCES search_words (word) ON DELETE CASCADE,
    PRIMARY KEY (deletion, word)
);
CREATE INDEX search_deletes_word ON search_deletes (word);
COMMENT ON TABLE search_deletes IS 'courses: every word without one of its letters, to find words with one typing error';

CREATE TABLE search_refreshes (
    name text PRIMARY KEY CHECK (name = 'words'),
    finished_at timestamptz NOT NULL,
    seconds real NOT NULL
);
COMMENT ON TABLE search_refreshes IS 'courses: when the words were counted last, and how long that took';
