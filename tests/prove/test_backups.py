"""Backups under accidents: long chains, points in time, killed processes, full disks, lost slots, a failing bucket."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from tests.support.backups import REACHABLE, Depot, open_depot, restored, wait_for
from tests.support.http_standin import served
from tests.support.s3_standin import S3Standin

pytestmark = pytest.mark.skipif(not os.environ.get("COURSIFY_PROVE"), reason="a proof of minutes: make prove")

# About 100 MB, so that a backup takes a while.
FILLER = """
CREATE TABLE filler AS SELECT i, md5(i::text) || md5((-i)::text) AS text FROM generate_series(1, 900000) AS i
"""
UNCHECKED = "t.require_room = lambda *_: None"


@pytest.fixture
def depot(environment: dict[str, str]) -> Iterator[Depot]:
    root = Path(tempfile.mkdtemp(prefix="coursify-depot-", dir=REACHABLE))
    try:
        with open_depot(environment, root) as opened:
            yield opened
    finally:
        shutil.rmtree(root, ignore_errors=True)


def people_in(db: psycopg.Connection[tuple[str]]) -> int:
    return len(db.execute("SELECT FROM users WHERE role = 'student'").fetchall())


def unfinished_in(folder: Path) -> list[Path]:
    return list(folder.rglob("*.unfinished"))


def test_a_chain_of_five_restores_at_each_link_and_is_pruned_whole(depot: Depot) -> None:
    depot.start("backup", "wal")
    for number in range(6):
        depot.add_person(f"person{number}@example.com")
        depot.succeed("backup", "full" if number == 0 else "incremental")
    ids = depot.backups()
    assert [name.rpartition("-")[2] for name in ids] == ["full", *["incremental"] * 5]
    for links in (1, 3, 6):
        target = depot.new_folder("target")
        depot.succeed("restore", "--data-dir", str(target), "--backup", ids[links - 1])
        with restored(depot, target) as db:
            assert people_in(db) == links
        shutil.rmtree(target)

    depot.succeed("backup", "prune", BACKUP_KEEP="daily:1")
    assert depot.backups() == ids
    depot.succeed("backup", "full")
    depot.succeed("backup", "prune", BACKUP_KEEP="daily:1")
    (newest,) = depot.backups()
    assert newest.endswith("-full")
    assert newest not in ids
    assert {path.name for path in (depot.folder / "base").iterdir() if any(path.iterdir())} == {newest}
    assert "every invariant holds" in depot.succeed("backup", "verify")


def test_a_point_in_time_has_what_was_there_then(depot: Depot) -> None:
    depot.start("backup", "wal")
    depot.add_person("before@example.com")
    depot.succeed("backup", "full")
    depot.add_person("between@example.com")
    time.sleep(1)
    at = datetime.now(UTC)
    time.sleep(1)
    depot.add_person("after@example.com")
    depot.wait_until_streamed()
    target = depot.new_folder("target")
    depot.succeed("restore", "--data-dir", str(target), "--at", at.isoformat())
    with restored(depot, target) as db:
        assert people_in(db) == 2
    assert "No backup is older" in depot.fail(
        "restore", "--data-dir", str(depot.new_folder("x")), "--at", "2020-01-01T00Z"
    )


def test_a_killed_backup_is_not_listed_and_the_next_one_succeeds(depot: Depot) -> None:
    depot.execute(FILLER)
    process = depot.start("backup", "full")
    wait_for(lambda: any(path.stat().st_size > 0 for path in unfinished_in(depot.folder)), "nothing was written")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert depot.backups() == []
    wait_for(lambda: not _programs_of(depot, "pg_basebackup"), "pg_basebackup outlived its parent")
    depot.succeed("backup", "full")
    assert len(depot.backups()) == 1

    streaming = depot.start("backup", "wal")
    wait_for(lambda: depot.execute("SELECT active FROM pg_replication_slots") == [(True,)], "no stream")
    streaming.send_signal(signal.SIGKILL)
    streaming.wait()
    depot.start("backup", "wal")
    depot.add_person("late@example.com")
    depot.wait_until_streamed()
    depot.succeed("backup", "verify")


def test_a_killed_restore_leaves_no_cluster(depot: Depot) -> None:
    depot.succeed("backup", "full")
    target = depot.new_folder("target")
    process = depot.start("restore", "--data-dir", str(target))
    wait_for((target / "unfinished-restore").exists, "nothing was begun")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (target / "PG_VERSION").exists()
    assert "has an interrupted restore" in depot.fail("restore", "--data-dir", str(target))


def test_a_dropped_slot_is_made_anew_and_nothing_is_lost(depot: Depot) -> None:
    depot.start("backup", "wal")
    depot.succeed("backup", "full")
    wait_for(lambda: depot.execute("SELECT active FROM pg_replication_slots") == [(True,)], "no stream")
    depot.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots")
    wait_for(lambda: _drop_slot(depot), "the slot could not be dropped")
    depot.add_person("after@example.com")
    wait_for(lambda: depot.execute("SELECT active FROM pg_replication_slots") == [(True,)], depot.log())
    depot.wait_until_streamed()
    depot.succeed("backup", "verify")
    target = depot.new_folder("target")
    depot.succeed("restore", "--data-dir", str(target))
    with restored(depot, target) as db:
        assert people_in(db) == 1


def test_a_gap_of_the_log_fails_the_verification_until_a_full_backup_closes_it(depot: Depot) -> None:
    depot.start("backup", "wal")
    depot.succeed("backup", "full")
    for number in range(3):
        depot.add_person(f"person{number}@example.com")
        depot.execute("SELECT pg_switch_wal()")
    wait_for(lambda: len(_segments(depot)) >= 4, "segments were not stored")
    middle = _segments(depot)[-2]
    middle.unlink()
    assert f"lacks the segment {middle.name}" in depot.fail("backup", "verify")
    ((problem,),) = depot.execute("SELECT problem FROM backup_states WHERE operation = 'verify'")
    assert "lacks the segment" in problem
    depot.succeed("backup", "full")
    assert "every invariant holds" in depot.succeed("backup", "verify")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk")
def test_a_full_disk_is_said_before_and_while_it_fills(depot: Depot) -> None:
    depot.folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(depot.folder)], check=True)
    try:
        assert "GB are free" in depot.fail("backup", "full")
        script = f"import coursify.backup.take_backup as t; {UNCHECKED}; import coursify.cli as c; c.main()"
        done = subprocess.run(
            [depot.command()[0], "-c", script, "backup", "full"],
            env=os.environ | depot.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "No space left on device" in done.stderr
        assert "Traceback" not in done.stderr
        assert depot.backups() == []
        assert [path for path in depot.folder.rglob("*") if path.is_file()] == []
        ((problem,),) = depot.execute("SELECT problem FROM backup_states WHERE operation = 'full'")
        assert "No space left" in problem
    finally:
        subprocess.run(["umount", str(depot.folder)], check=True)


def test_a_bucket_that_fails_midway_keeps_what_is_complete(depot: Depot) -> None:
    bucket = S3Standin()
    with served(bucket) as url:
        depot.environment |= {
            "BACKUP_STORE": "s3",
            "BACKUP_S3_BUCKET": bucket.bucket,
            "BACKUP_S3_REGION": bucket.region,
            "BACKUP_S3_ENDPOINT_URL": url,
            "BACKUP_S3_ACCESS_KEY_ID": bucket.access_key_id,
            "BACKUP_S3_SECRET_ACCESS_KEY": bucket.secret_access_key,
        }
        depot.start("backup", "wal")
        depot.add_person("first@example.com")
        depot.succeed("backup", "full")
        assert all(b"example.com" not in stored.content for stored in bucket.objects.values())
        depot.execute(FILLER)
        process = depot.start("backup", "full")
        wait_for(lambda: any(bucket.uploads.values()), "no part arrived")
        bucket.is_down = True
        assert process.wait(120) == 1
        bucket.is_down = False
        assert len(depot.backups()) == 1
        depot.add_person("second@example.com")
        depot.succeed("backup", "incremental")
        depot.succeed("backup", "verify")
        target = depot.new_folder("target")
        depot.succeed("restore", "--data-dir", str(target))
        with restored(depot, target) as db:
            assert people_in(db) == 2


def _segments(depot: Depot) -> list[Path]:
    return sorted(path for path in depot.folder.glob("wal/*/*") if len(path.name) == 24)


def _drop_slot(depot: Depot) -> bool:
    try:
        depot.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
    except psycopg.errors.ObjectInUse:
        depot.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active")
        return False
    return True


def _programs_of(depot: Depot, name: str) -> list[str]:
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.splitlines()
    port = f"port={depot.servers.cluster.port}"
    return [line for line in listed if name in line and port in line]
