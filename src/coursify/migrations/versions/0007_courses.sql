-- The ends of every word of three letters or more, so that a part of a word is found by its beginning. Only the first
-- 40 letters of a word count: a very long word would have thousands of ends.
CREATE FUNCTION word_tails(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    SELECT coalesce(string_agg(substr(word, start, 40), ' '), '')
    FROM regexp_split_to_table(lower(words), '[^[:alnum:]]+') AS word,
         generate_series(2, least(length(word), 40) - 2) AS start
);
COMMENT ON FUNCTION word_tails IS 'courses: turns infix search into prefix search';

CREATE FUNCTION plain_text(html text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(html, '<[^>]*>|&[a-z]+;', ' ', 'g');

-- The parser keeps `node.js` and `tcp/ip` as one word each: without their marks, each part is found.
CREATE FUNCTION search_text(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN translate(words, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32));
COMMENT ON FUNCTION search_text IS 'courses: text without the marks that glue words together';

CREATE TABLE categories (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    name text NOT NULL UNIQUE,
    position smallint NOT NULL DEFAULT 0
);
COMMENT ON TABLE categories IS 'courses: the subjects of the catalogue, in their order';
INSERT INTO categories (slug, name, position) VALUES
    ('development', 'Development', 1), ('data', 'Data', 2), ('design', 'Design', 3),
    ('business', 'Business', 4), ('marketing', 'Marketing', 5), ('languages', 'Languages', 6),
    ('music', 'Music', 7), ('photography', 'Photography', 8);

CREATE TABLE courses (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    instructor_id uuid NOT NULL REFERENCES users (id),
    slug text NOT NULL UNIQUE CONSTRAINT courses_slug_not_reserved CHECK (slug <> 'mine'),
    title text NOT NULL,
    subtitle text,
    excerpt text NOT NULL DEFAULT '',
    price_minor bigint CHECK (price_minor >= 0),
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    category text REFERENCES categories (slug) ON UPDATE CASCADE,
    level text NOT NULL DEFAULT 'all' CHECK (level IN ('beginner', 'intermediate', 'advanced', 'all')),
    language text NOT NULL DEFAULT 'en',
    status text NOT NULL DEFAULT 'draft'
        CHECK (status IN ('draft', 'pending', 'published', 'rejected')),
    rejection_reason text,
    version integer NOT NULL DEFAULT 1,
    rating_sum bigint NOT NULL DEFAULT 0,
    rating_count bigint NOT NULL DEFAULT 0,
    rating_counts integer[] NOT NULL DEFAULT '{0,0,0,0,0}'
        CONSTRAINT courses_rating_counts CHECK (cardinality(rating_counts) = 5),
    average_rating numeric(3, 2) NOT NULL GENERATED ALWAYS AS
        (CASE WHEN rating_count = 0 THEN 0 ELSE round(rating_sum::numeric / rating_count, 2) END) STORED,
    enrollment_count bigint NOT NULL DEFAULT 0,
    lesson_count integer NOT NULL DEFAULT 0,
    duration_seconds bigint NOT NULL DEFAULT 0,
    submitted_at timestamptz,
    published_at timestamptz,
    sale_suspended_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (status NOT IN ('pending', 'published') OR (price_minor IS NOT NULL))
);
COMMENT ON TABLE courses IS 'courses: what is sold; counters and ratings do not raise version';
COMMENT ON COLUMN courses.excerpt IS 'courses: the beginning of the description as plain text, for lists';
COMMENT ON COLUMN courses.rating_counts IS 'courses: visible reviews with one star, two stars, … five stars';
COMMENT ON COLUMN courses.sale_suspended_at IS
    'courses: since when its instructor may not sell (suspended, erased, no instructor any more)';
-- With sale_suspended_at in their predicate a page and its total are read from the index alone. Measured at 60,000
-- courses: 2.1 ms; 8.8 ms with the column outside the predicate, 11.6 ms with a join of the instructors.
CREATE INDEX courses_newest ON courses (published_at DESC, id DESC)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL;
CREATE INDEX courses_popular ON courses (enrollment_count DESC, id DESC)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL;
CREATE INDEX courses_rating ON courses (average_rating DESC, rating_count DESC, id DESC)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL;
CREATE INDEX courses_price ON courses (price_minor, id)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL;
CREATE INDEX courses_category ON courses (category, published_at DESC, id DESC)
    WHERE status = 'published' AND deleted_at IS NULL AND sale_suspended_at IS NULL;
CREATE INDEX courses_instructor ON courses (instructor_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX courses_pending ON courses (submitted_at, id) WHERE status = 'pending' AND deleted_at IS NULL;

-- Every new star and enrollment writes the row in `courses` anew, with an entry in each of its indexes. What is long
-- is stored here and written only when its text changes (docs/decisions/0031).
CREATE TABLE course_texts (
    course_id uuid PRIMARY KEY REFERENCES courses (id),
    description text NOT NULL,
    search tsvector NOT NULL
);
COMMENT ON TABLE course_texts IS 'courses: the description of a course, and the words by which it is found';
CREATE INDEX course_texts_search ON course_texts USING gin (search) WITH (fastupdate = off);

CREATE FUNCTION course_words(title text, subtitle text, description text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN
    setweight(to_tsvector('simple', search_text(title)), 'A')
    || setweight(to_tsvector('simple', search_text(coalesce(subtitle, ''))), 'B')
    || setweight(to_tsvector('simple', search_text(left(plain_text(description), 100000))), 'C')
    || setweight(to_tsvector('simple', left(word_tails(
        title || ' ' || coalesce(subtitle, '') || ' ' || left(plain_text(description), 4000)
    ), 100000)), 'D');
COMMENT ON FUNCTION course_words IS 'courses: the words of a course, weighted by where they stand';

CREATE TABLE lessons (
    id uuid PRIMARY KEY DEFAULT uuidv7(),
    course_id uuid NOT NULL REFERENCES courses (id),
    title text NOT NULL,
    position integer CHECK (position >= 1),
    content text,
    is_preview boolean NOT NULL DEFAULT false,
    duration_seconds integer NOT NULL DEFAULT 0 CHECK (duration_seconds >= 0),
    version integer NOT NULL DEFAULT 1,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT lessons_position UNIQUE (course_id, position) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((deleted_at IS NULL) = (position IS NOT NULL))
);
COMMENT ON TABLE lessons IS 'courses: the chapters of a course, at positions 1..n; a deleted one has none';
