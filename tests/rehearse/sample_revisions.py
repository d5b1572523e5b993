"""Five sample revisions after ours: add, backfill, rename by expand and contract, index, drop; on the busiest table."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.install import TREE

VERSIONS = TREE / "src" / "coursify" / "migrations" / "versions"
IN_TRANSACTION = "    run_sql(__file__)"
ALONE = "    with op.get_context().autocommit_block():\n        run_sql(__file__)"
# Ends the transaction of the change, and with it its lock.
THEN_FILL = '\n    with op.get_context().autocommit_block():\n        run_sql(__file__.replace(".py", "_rows.py"))'
TEMPLATE = '''"""{name}: a sample of the rehearsal."""

from __future__ import annotations

from alembic import op

from coursify.migrations.run_sql import run_sql

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
{body}
'''
ADD = "ALTER TABLE users ADD COLUMN headline text;"
# A transaction for each 500 rows: nobody waits for all of them. Outside of a transaction, a DO block may commit.
BATCHES = """
DO $$
DECLARE
    last uuid := '00000000-0000-0000-0000-000000000000';
    batch uuid[];
BEGIN
    LOOP
        SELECT array_agg(id ORDER BY id) INTO batch
        FROM (SELECT id FROM users WHERE id > last ORDER BY id LIMIT 500) AS following;
        EXIT WHEN batch IS NULL;
        {change} AND id = ANY (batch);
        last := batch[cardinality(batch)];
        COMMIT;
    END LOOP;
END $$;
"""
BACKFILL = BATCHES.replace(
    "{change}", "UPDATE users SET headline = left(bio, 80) WHERE headline IS NULL AND status <> 'erased'"
)
RENAME = """
ALTER TABLE users ADD COLUMN IF NOT EXISTS tagline text;
-- Until the old name is dropped, a write of one of them writes both. Can run again after the rows were interrupted.
CREATE OR REPLACE FUNCTION keep_tagline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.tagline := coalesce(NEW.tagline, NEW.headline);
        NEW.headline := NEW.tagline;
    ELSIF NEW.tagline IS DISTINCT FROM OLD.tagline THEN
        NEW.headline := NEW.tagline;
    ELSE
        NEW.tagline := NEW.headline;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER keep_tagline BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION keep_tagline();
"""
# An update that changes nothing else: the trigger copies the old name to the new one.
RENAME_FILL = BATCHES.replace("{change}", "UPDATE users SET tagline = headline WHERE tagline IS DISTINCT FROM headline")
INDEX = "CREATE INDEX CONCURRENTLY users_tagline ON users (tagline) WHERE tagline IS NOT NULL;"
DROP = """
DROP TRIGGER keep_tagline ON users;
DROP FUNCTION keep_tagline();
ALTER TABLE users DROP COLUMN headline;
UPDATE alembic_version SET compatible_from = '{before}';
"""
SAMPLES = (
    ("add_headline", ADD, IN_TRANSACTION),
    ("fill_headline", BACKFILL, ALONE),
    ("rename_headline", RENAME, IN_TRANSACTION + THEN_FILL),
    ("index_tagline", INDEX, ALONE),
    ("drop_headline", DROP, IN_TRANSACTION),
)


def write_revisions(folder: Path, *, count: int) -> Path:
    """Our revisions and the first `count` samples, as a later version has them."""
    shutil.copytree(VERSIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = max(path.name[:4] for path in folder.glob("*.sql"))
    for name, sql, body in SAMPLES[:count]:
        before, head = head, f"{int(head) + 1:04}"
        (folder / f"{head}_{name}.py").write_text(TEMPLATE.format(name=name, revision=head, before=before, body=body))
        (folder / f"{head}_{name}.sql").write_text(sql.replace("{before}", before))
        if THEN_FILL in body:
            (folder / f"{head}_{name}_rows.sql").write_text(RENAME_FILL)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    return folder
