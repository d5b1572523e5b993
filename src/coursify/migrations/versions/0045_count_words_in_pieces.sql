-- Not logged: a standby does not need them, and after a crash both are empty and the words are counted anew.
CREATE UNLOGGED TABLE search_tally (
    word text COLLATE "C" NOT NULL,
    field text COLLATE "C" NOT NULL,
    courses integer NOT NULL,
    PRIMARY KEY (word, field)
) WITH (fillfactor = 70);
COMMENT ON TABLE search_tally IS
    'courses: how many courses on sale have a word, as far as they have been counted; empty between two counts';
COMMENT ON COLUMN search_tally.field IS 'courses: the first letter of the lexeme, where in a course the word is';

CREATE UNLOGGED TABLE search_rounds (
    name text PRIMARY KEY CHECK (name = 'words'),
    counted_to uuid NOT NULL,
    is_counted boolean NOT NULL,
    applied_to text COLLATE "C" NOT NULL,
    courses integer NOT NULL,
    seconds real NOT NULL
);
COMMENT ON TABLE search_rounds IS 'courses: how far the count of words has come; no row between two counts';
COMMENT ON COLUMN search_rounds.counted_to IS 'courses: the id of the last course that was counted';
COMMENT ON COLUMN search_rounds.applied_to IS 'courses: the last word that was moved from the tally to the words';
COMMENT ON COLUMN search_rounds.courses IS 'courses: how many courses on sale were counted';
