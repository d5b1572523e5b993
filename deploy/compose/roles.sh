#!/bin/sh
# The role of the application: no DDL; `coursify migrate` grants it what it needs. Backups replicate as the owner.
set -eu
psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    --set=password="$(cat /run/secrets/application_password)" <<'SQL'
CREATE ROLE coursify_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
SQL
echo 'host replication coursify all scram-sha-256' >> "$PGDATA/pg_hba.conf"
