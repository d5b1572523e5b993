"""A key of the backups is replaced: media follow it, and an old key is named as long as something needs it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest

from coursify.backup.context import Context
from coursify.backup.keys_in_use import list_keys_in_use
from coursify.backup.media import back_up_media, restore_media
from coursify.backup.programs import Programs
from coursify.backup.prune import prune
from coursify.backup.repository import open_repository
from coursify.backup.tombstones import FILE
from coursify.commands.keys import new
from coursify.core.backup_settings import BackupSettings
from coursify.core.settings import DatabaseSettings

OLD, NEW = ("old", secrets.token_bytes(32)), ("new", secrets.token_bytes(32))


def context_with(root: Path, *keys: tuple[str, bytes]) -> Context:
    settings = BackupSettings(
        backup_keys=keys,
        backup_folder=root / "backups",
        backup_work_folder=root / "work",
        backup_keep=(("daily", 1),),
    )
    return Context(
        settings=settings,
        database=DatabaseSettings(database_url="postgresql://nobody@127.0.0.1:1/none"),
        media_folder=root / "media",
        repository=open_repository(settings),
        programs=Programs(root, 18, None),
    )


def test_after_a_rotation_and_a_pruning_nothing_needs_the_old_key(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "film").write_bytes(b"film")
    before = context_with(tmp_path, OLD)
    back_up_media(before)
    assert list_keys_in_use(before.repository, []) == ["old"]

    rotated = context_with(tmp_path, NEW, OLD)
    found = back_up_media(rotated)
    assert found is not None
    assert found.new_files == 1
    assert list_keys_in_use(rotated.repository, []) == ["new", "old"]
    prune(rotated)
    assert list_keys_in_use(rotated.repository, []) == ["new"]

    after = context_with(tmp_path, NEW)
    assert restore_media(after, tmp_path / "restored", at=None) == 1
    assert (tmp_path / "restored" / "film").read_bytes() == b"film"


def test_the_list_of_erased_people_needs_its_key(tmp_path: Path) -> None:
    context_with(tmp_path, OLD).repository.write_json(FILE, [])
    assert list_keys_in_use(context_with(tmp_path, NEW, OLD).repository, []) == ["old"]


def test_new_keys_come_with_one_for_the_backups(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("BACKUP_KEYS", raising=False)
    new()
    assert "BACKUP_KEYS" not in capsys.readouterr().out
    monkeypatch.setenv("BACKUP_KEYS", f"b1:{'A' * 43}=")
    with pytest.raises(SystemExit, match="BACKUP_FOLDER"):
        new()
    monkeypatch.setenv("BACKUP_FOLDER", os.fspath(tmp_path))
    new()
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("BACKUP_KEYS=b1:")]
    assert line.count(",") == 1
