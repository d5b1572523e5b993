CREATE INDEX CONCURRENTLY IF NOT EXISTS users_name
    ON users (casefold(coalesce(name, '') COLLATE pg_unicode_fast), id)
    INCLUDE (name, email_canonical, role, status);
