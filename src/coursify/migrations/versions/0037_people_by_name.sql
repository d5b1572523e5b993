CREATE INDEX CONCURRENTLY IF NOT EXISTS users_name
    ON users (casefold(coalesce(name, '') COLLATE pg_unicode_fast), id);
