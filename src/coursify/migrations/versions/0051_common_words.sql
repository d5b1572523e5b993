-- A beginning or a part of a word is looked for among all lexemes that begin with it. Those of words that many courses have made
-- this slow: 85 ms for 146,000 courses, whatever else was asked for. Such words get a mark, `*` in `words` and `^` in `rest`, so
-- that they begin with nothing that is typed, and their parts are not in the index: searches find them in search_common.
CREATE TABLE search_common (word text COLLATE "C" PRIMARY KEY);
COMMENT ON TABLE search_common IS
    'courses: words that many courses on sale have or had; no row goes, because words of courses are marked by it';

ALTER TABLE search_words ADD COLUMN courses_by_part integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN search_words.courses_by_part IS 'courses: how many of these courses a part of the word finds';

-- The lexemes of what has no marks are those of before, so the index stays.
CREATE OR REPLACE FUNCTION course_lexemes(head tsvector, words text, rest text) RETURNS tsvector
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
    WHERE left(word, 1) <> '*'
));
