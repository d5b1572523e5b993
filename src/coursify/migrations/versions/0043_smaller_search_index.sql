-- squawk-ignore-file ban-drop-table
-- still-compatible: only unreleased versions have searched in this table.
DROP TABLE course_search;

-- Ends of words, by which a part of a word is found, are in the index alone: stored, they would be half of the table.
CREATE FUNCTION course_lexemes(head tsvector, words text, rest text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000
RETURN head || array_to_tsvector(ARRAY(
    SELECT 'w' || word FROM string_to_table(words || ' ' || rest, ' ') AS word WHERE word <> ''
    UNION ALL
    SELECT 'p' || substr(word, start, 32)
    FROM string_to_table(words, ' ') AS word
    -- Three letters or more, in Hangul two.
    CROSS JOIN generate_series(2, length(word) - CASE
        WHEN word COLLATE "C" >= U&'\AC00' AND word COLLATE "C" < U&'\D7A4' THEN 1 ELSE 2
    END) AS start
));
COMMENT ON FUNCTION course_lexemes IS 'courses: all lexemes by which a course is found; those of words begin with w or p';

CREATE TABLE course_search (
    course_id uuid PRIMARY KEY REFERENCES courses (id),
    head tsvector NOT NULL,
    words text NOT NULL,
    rest text NOT NULL,
    course_version integer NOT NULL,
    index_version smallint NOT NULL
) WITH (toast_tuple_target = 600);
COMMENT ON TABLE course_search IS
    'courses: the words by which a course is found; written by the application, which cuts and folds them';
COMMENT ON COLUMN course_search.head IS
    'courses: words of title, instructor, subtitle and category; short, because ranking reads it for many courses';
COMMENT ON COLUMN course_search.words IS
    'courses: these words and those with which the description begins; parts of them are found as well';
COMMENT ON COLUMN course_search.rest IS 'courses: the other words of the description';
COMMENT ON COLUMN course_search.course_version IS 'courses: the version of the course that was read';
COMMENT ON COLUMN course_search.index_version IS
    'courses: the version of the rules by which the words were cut and folded';
CREATE INDEX course_search_words ON course_search USING gin (course_lexemes(head, words, rest)) WITH (fastupdate = off);
-- Searches choose their plans by search_lexemes. Without statistics of lexemes ANALYZE does not make them for its sample.
ALTER INDEX course_search_words ALTER COLUMN 1 SET STATISTICS 0;

CREATE TABLE search_lexemes (
    lexeme text COLLATE "C" PRIMARY KEY,
    courses integer NOT NULL
);
COMMENT ON TABLE search_lexemes IS
    'courses: the lexemes of many courses on sale, and of how many; `*` counts all courses on sale; kept by a job';
