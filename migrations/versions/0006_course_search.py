"""Search words inside names such as Node.js and TCP/IP; ratings counted star by star."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        r"""
        -- The parser keeps `node.js` and `tcp/ip` as one word each: without their marks, each part is found.
        CREATE FUNCTION search_text(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN translate(words, '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32));

        -- As in 0003, but of the first 40 letters of a word only: a word without end has no tails without number.
        CREATE OR REPLACE FUNCTION word_tails(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (
            SELECT coalesce(string_agg(substr(word, start, 40), ' '), '')
            FROM regexp_split_to_table(lower(words), '[^[:alnum:]]+') AS word,
                 generate_series(2, least(length(word), 40) - 2) AS start
        );

        ALTER TABLE courses ALTER COLUMN search SET EXPRESSION AS (
            setweight(to_tsvector('simple', search_text(title)), 'A')
            || setweight(to_tsvector('simple', search_text(coalesce(subtitle, ''))), 'B')
            || setweight(to_tsvector('simple', search_text(left(plain_text(description), 100000))), 'C')
            || setweight(to_tsvector('simple', left(word_tails(
                title || ' ' || coalesce(subtitle, '') || ' ' || left(plain_text(description), 4000)
            ), 100000)), 'D')
        );

        ALTER TABLE courses ADD COLUMN rating_counts integer[] NOT NULL DEFAULT '{0,0,0,0,0}'
            CONSTRAINT courses_rating_counts CHECK (cardinality(rating_counts) = 5);
        COMMENT ON COLUMN courses.rating_counts IS 'courses: visible reviews with one star, two stars, … five stars';
        COMMENT ON FUNCTION search_text IS 'courses: text without the marks that glue words together';
        """
    )
