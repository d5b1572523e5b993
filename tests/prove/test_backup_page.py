"""docs/operations/backup.md, from its SQL to a verified backup of the restored cluster, in the order of the page."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.house.sources import ROOT
from tests.support.backups import DATABASE, REACHABLE, Depot, open_depot
from tests.support.doc_commands import run_block

pytestmark = pytest.mark.skipif(not os.environ.get("COURSIFY_PROVE"), reason="a proof of minutes: make prove")

PAGE = (ROOT / "docs" / "operations" / "backup.md").read_text()
BLOCK = re.compile(r"^ *```(sh|sql)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
POSTGRES = "postgresql@18-main"
STREAM = {"coursify.target", "coursify-wal"}


@pytest.fixture
def depot(environment: dict[str, str]) -> Iterator[Depot]:
    root = Path(tempfile.mkdtemp(prefix="coursify-depot-", dir=REACHABLE))
    try:
        with open_depot(environment, root) as opened:
            yield opened
    finally:
        shutil.rmtree(root, ignore_errors=True)


def test_the_commands_of_the_page_restore_a_lost_cluster(depot: Depot) -> None:
    blocks = [(kind, script) for kind, script in BLOCK.findall(PAGE)]
    assert [kind for kind, _script in blocks] == ["sql", "sh", "sh", "sh", "sh", "sh"]
    set_up(depot, blocks[0][1])
    (depot.media / "film.bin").write_bytes(b"film")
    control(depot, "start", {"coursify-wal"})
    play(depot, blocks[1][1])
    depot.add_person("late@example.com")
    depot.wait_until_streamed()
    shutil.rmtree(depot.media)
    for _kind, script in blocks[2:]:
        play(depot, script)
    assert depot.execute("SELECT email FROM users WHERE role = 'student'") == [("late@example.com",)]
    assert (depot.media / "film.bin").read_bytes() == b"film"
    assert len(depot.backups()) == 2


def set_up(depot: Depot, script: str) -> None:
    """What the superuser runs; from here on the backups have the role that it makes."""
    for statement in script.split(";"):
        if "SELECT" in statement or "ALTER" in statement or "CREATE" in statement:
            depot.execute(statement)
    (password,) = re.findall(r"PASSWORD '(.+)'", script)
    server = f"127.0.0.1:{depot.servers.cluster.port}/{DATABASE}"
    depot.environment["BACKUP_DATABASE_URL"] = f"postgresql://coursify_backup:{quote(password)}@{server}"
    lines = [f"{name}={value!r}" for name, value in depot.environment.items()]
    (depot.root / "coursify.env").write_text("\n".join(lines))


def play(depot: Depot, script: str) -> None:
    """Run each line. systemctl is the only command that is replaced: the servers are not those of systemd."""
    paths = {
        "/var/lib/postgresql/18/main": str(depot.servers.cluster.paths.data),
        "/var/lib/postgresql/18/lost": str(depot.root / "lost"),
        "/var/lib/coursify/media": str(depot.media),
        "/etc/coursify/coursify.env": str(depot.root / "coursify.env"),
    }
    for line in script.splitlines():
        words = line.split()
        if words[0] == "systemctl":
            control(depot, words[1], set(words[2:]))
            continue
        for documented, own in paths.items():
            line = line.replace(documented, own)  # noqa: PLW2901
        run_block(line, environment=depot.environment)


def control(depot: Depot, verb: str, units: set[str]) -> None:
    if verb == "start" and POSTGRES in units:
        depot.servers.start_postgres()
    if verb == "start" and units & STREAM:
        depot.start("backup", "wal")
    if verb == "stop" and units & STREAM:
        depot.stop()
    if verb == "stop" and POSTGRES in units:
        depot.servers.stop_postgres()
