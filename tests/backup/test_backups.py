"""Backups of a real cluster: taken, checked, restored, and refused with one sentence where something is wrong."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.support.backups import REACHABLE, Depot, make_key, open_depot, restored, wait_for

pytestmark = pytest.mark.slow
long = pytest.mark.skipif(not os.environ.get("COURSIFY_PROVE"), reason="a dozen restores: make prove")


@pytest.fixture(scope="module")
def depot(environment: dict[str, str]) -> Iterator[Depot]:
    """Three people, a full backup with the first of them, an incremental one with two, the third in the log alone."""
    root = Path(tempfile.mkdtemp(prefix="coursify-depot-", dir=REACHABLE))
    try:
        with open_depot(environment, root) as opened:
            (opened.media / "videos").mkdir()
            (opened.media / "videos/one.bin").write_bytes(b"1" * 2_500_000)
            streaming = opened.start("backup", "wal")
            opened.add_person("first@example.com")
            opened.succeed("backup", "full")
            opened.add_person("second@example.com")
            (opened.media / "two.bin").write_bytes(b"2" * 10)
            opened.succeed("backup", "incremental")
            opened.add_person("third@example.com")
            opened.wait_until_streamed()
            streaming.terminate()
            streaming.wait(20)
            yield opened
    finally:
        shutil.rmtree(root, ignore_errors=True)


def test_the_newest_state_has_what_only_the_log_has(depot: Depot) -> None:
    target, media = depot.new_folder("newest"), depot.new_folder("media")
    said = depot.succeed("restore", "--data-dir", str(target), "--media-dir", str(media))
    assert "2 media files were written" in said
    assert (media / "videos/one.bin").read_bytes() == (depot.media / "videos/one.bin").read_bytes()
    with restored(depot, target) as db:
        assert emails(db) == ["first@example.com", "second@example.com", "third@example.com"]


@long
def test_a_restored_backup_leaves_the_erased_erased(depot: Depot) -> None:
    """The first backup is older than the erasure; the list of erased people is newer than it."""
    full, incremental = depot.backups()
    ((person,),) = depot.execute("SELECT id FROM users WHERE email = 'first@example.com'")
    depot.execute("INSERT INTO tombstones (user_id, erased_at) VALUES (%s, now())", person)
    streaming = depot.start("backup", "wal")
    erased = depot.folder / "tombstones/all"
    wait_for(erased.exists, "the tombstones were not stored")
    kept = erased.read_bytes()
    # The log has the deletion too, so that the verified restore of the next test finds what the database has.
    depot.execute("DELETE FROM tombstones")
    depot.wait_until_streamed()
    streaming.terminate()
    streaming.wait(20)
    erased.write_bytes(kept)

    try:
        target = depot.new_folder("full")
        said = depot.succeed("restore", "--data-dir", str(target), "--backup", full)
    finally:
        erased.unlink()
    assert "1 people were erased again" in said
    with restored(depot, target) as db:
        assert emails(db) == []
        assert db.execute("SELECT status FROM users WHERE role = 'student'").fetchall() == [("erased",)]
    assert incremental.endswith("-incremental")


def test_the_restore_of_every_night_publishes_when_it_succeeded(depot: Depot) -> None:
    said = depot.succeed("backup", "verify")
    assert "every invariant holds" in said
    states = dict(depot.execute("SELECT operation, succeeded_at IS NOT NULL FROM backup_states"))
    assert states == dict.fromkeys(("full", "incremental", "media", "verify", "wal"), True)
    assert list((depot.work / "verify").iterdir() if (depot.work / "verify").exists() else []) == []


@long
def test_what_cannot_be_restored_is_said_in_one_sentence_and_leaves_nothing(depot: Depot) -> None:
    full_of_data = depot.new_folder("data")
    full_of_data.mkdir()
    (full_of_data / "PG_VERSION").write_text("18\n")
    target = depot.new_folder("target")
    assert "is not empty (PG_VERSION)" in depot.fail("restore", "--data-dir", str(full_of_data))
    reason = depot.fail("restore", "--data-dir", str(target), BACKUP_KEYS=make_key("b1"))
    assert "another key than the one that is called 'b1'" in reason
    assert "'b1', which is not among the keys" in depot.fail(
        "restore", "--data-dir", str(target), BACKUP_KEYS=make_key("b2")
    )
    assert "expects a time with its offset" in depot.fail("restore", "--data-dir", str(target), "--at", "yesterday")
    assert "before the time given with --at" in depot.fail(
        "restore", "--data-dir", str(target), "--at", "2999-01-01T00:00:00Z"
    )
    assert not target.exists() or list(target.iterdir()) == []


@long
def test_a_damaged_or_missing_part_is_named_and_leaves_nothing(depot: Depot) -> None:
    full, _incremental = depot.backups()
    target, data = depot.new_folder("target"), depot.folder / "base" / full / "data.tar.gz"
    whole = data.read_bytes()
    try:
        data.write_bytes(whole[: len(whole) // 2])
        assert "is damaged or truncated" in depot.fail("restore", "--data-dir", str(target))
        data.write_bytes(whole[:3_000_000] + bytes([whole[3_000_000] ^ 1]) + whole[3_000_001:])
        assert f"{full}/data.tar.gz of the backup is damaged" in depot.fail("restore", "--data-dir", str(target))
    finally:
        data.write_bytes(whole)
    listed = depot.folder / "base" / full / "backup"
    listed.rename(depot.root / "kept-aside")
    try:
        assert f"needs {full}, which is missing" in depot.fail("restore", "--data-dir", str(target))
    finally:
        (depot.root / "kept-aside").rename(listed)
    assert not target.exists() or list(target.iterdir()) == []


def emails(db: psycopg.Connection[tuple[str]]) -> list[str]:
    rows = db.execute("SELECT email FROM users WHERE email LIKE '%@example.com' ORDER BY email").fetchall()
    return [email for (email,) in rows]
