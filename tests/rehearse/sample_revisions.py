"""Five sample revisions after ours: add, backfill, rename by expand and contract, index, drop; on the busiest table."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.install import TREE

VERSIONS = TREE / "src" / "coursify" / "migrations" / "versions"
IN_TRANSACTION = "    run_sql(__file__)"
CONCURRENTLY = "    with op.get_context().autocommit_block():\n        run_sql(__file__)"
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
BACKFILL = "UPDATE users SET headline = left(bio, 80) WHERE headline IS NULL AND status <> 'erased';"
RENAME = """
ALTER TABLE users ADD COLUMN tagline text;
-- Until the old name is dropped, whoever writes one of them writes both.
CREATE FUNCTION keep_tagline() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER keep_tagline BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION keep_tagline();
UPDATE users SET tagline = headline WHERE tagline IS DISTINCT FROM headline;
"""
INDEX = "CREATE INDEX CONCURRENTLY users_tagline ON users (tagline) WHERE tagline IS NOT NULL;"
DROP = """
DROP TRIGGER keep_tagline ON users;
DROP FUNCTION keep_tagline();
ALTER TABLE users DROP COLUMN headline;
UPDATE alembic_version SET compatible_from = '{before}';
"""
SAMPLES = (
    ("add_headline", ADD, IN_TRANSACTION),
    ("fill_headline", BACKFILL, IN_TRANSACTION),
    ("rename_headline", RENAME, IN_TRANSACTION),
    ("index_tagline", INDEX, CONCURRENTLY),
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
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    return folder
