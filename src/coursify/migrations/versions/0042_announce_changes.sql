-- The commit sends what these functions announce, so no replica answers with what was before it (docs/decisions/0054).
-- Drafts are not announced: nobody but their authors sees them. Counters of learners and scores are not either: a list may
-- show them some seconds later.

CREATE FUNCTION announce_course() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('answers', NEW.id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER announce_course
    AFTER UPDATE OF title, subtitle, excerpt, slug, price_minor, currency, category, level, language, status, version,
        rating_sum, rating_count, rating_counts, lesson_count, duration_seconds, published_at, sale_suspended_at,
        deleted_at, image_path, image_asset_id, image_alt_text, instructor_id
    ON courses FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.* AND (OLD.status = 'published' OR NEW.status = 'published'))
    EXECUTE FUNCTION announce_course();

CREATE FUNCTION announce_course_of() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.course_id ELSE NEW.course_id END;
BEGIN
    IF EXISTS (SELECT FROM courses WHERE id = changed AND status = 'published') THEN
        PERFORM pg_notify('answers', changed::text);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER announce_course AFTER UPDATE OF description ON course_texts
    FOR EACH ROW WHEN (OLD.description IS DISTINCT FROM NEW.description) EXECUTE FUNCTION announce_course_of();

CREATE TRIGGER announce_course
    AFTER INSERT OR DELETE OR UPDATE OF title, position, duration_seconds, is_preview, section_id, deleted_at ON lessons
    FOR EACH ROW EXECUTE FUNCTION announce_course_of();

CREATE TRIGGER announce_course AFTER INSERT OR DELETE OR UPDATE ON sections
    FOR EACH ROW EXECUTE FUNCTION announce_course_of();

CREATE FUNCTION announce_instructor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM courses WHERE instructor_id = NEW.id AND status = 'published') THEN
        PERFORM pg_notify('answers', '*');
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER announce_instructor AFTER UPDATE OF name, avatar_url, avatar_path, role, status ON users
    FOR EACH ROW
    WHEN ((OLD.name, OLD.avatar_url, OLD.avatar_path, OLD.role, OLD.status)
          IS DISTINCT FROM (NEW.name, NEW.avatar_url, NEW.avatar_path, NEW.role, NEW.status))
    EXECUTE FUNCTION announce_instructor();

CREATE FUNCTION announce_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('answers', '*');
    RETURN NULL;
END $$;

CREATE TRIGGER announce_all AFTER INSERT OR DELETE OR UPDATE ON categories
    FOR EACH STATEMENT EXECUTE FUNCTION announce_all();
