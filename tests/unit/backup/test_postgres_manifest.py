"""A base backup is compared with its own manifest, file by file."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable

import pytest

from coursify.backup.errors import BackupError
from coursify.backup.postgres_manifest import check_tar

FILES = {"PG_VERSION": b"18\n", "base/1/2": b"x" * 3_000_000, "global/pg_control": b"control", "empty": b""}


def manifest_of(files: dict[str, bytes]) -> bytes:
    listed = [
        {"Path": path, "Size": len(content), "Checksum": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
    ]
    head = json.dumps(
        {
            "PostgreSQL-Backup-Manifest-Version": 2,
            "System-Identifier": 42,
            "Files": listed,
            "WAL-Ranges": [{"Timeline": 3, "Start-LSN": "1/2A000028", "End-LSN": "1/2A000120"}],
        }
    )
    body = head[:-1].encode() + b',\n"Manifest-Checksum": '.replace(b'"Manifest-Checksum": ', b"")
    return body + b'"Manifest-Checksum": "' + hashlib.sha256(body).hexdigest().encode() + b'"}\n'


def tar_of(files: dict[str, bytes], manifest: bytes) -> list[bytes]:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w") as tar:
        for path, content in [
            *files.items(),
            ("pg_wal/000000030000000100000000", b"log"),
            ("backup_manifest", manifest),
        ]:
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    whole = output.getvalue()
    return [whole[start : start + 100_003] for start in range(0, len(whole), 100_003)]


def test_a_right_one_is_accepted() -> None:
    manifest = check_tar(tar_of(FILES, manifest_of(FILES)))
    assert manifest.system_id == "42"
    assert manifest.wal_start(16_777_216) == "00000003000000010000002A"
    assert manifest.wal_start(67_108_864) == "00000003000000010000000A"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda files: files | {"base/1/2": b"y" * 3_000_000}, "base/1/2 of the base backup was changed"),
        (lambda files: files | {"global/pg_control": b"short"}, "global/pg_control of the base backup was changed"),
        (lambda files: {path: files[path] for path in files if path != "empty"}, "lacks the file empty"),
        (lambda files: files | {"base/evil": b"x"}, "does not list: base/evil"),
    ],
)
def test_what_differs_is_named(change: Callable[[dict[str, bytes]], dict[str, bytes]], reason: str) -> None:
    with pytest.raises(BackupError, match=reason):
        check_tar(tar_of(change(FILES), manifest_of(FILES)))


def test_a_changed_manifest_is_noticed() -> None:
    with pytest.raises(BackupError, match="manifest of the base backup was changed"):
        check_tar(tar_of(FILES, manifest_of(FILES).replace(b"global/pg_control", b"global/pg_contrul")))
    with pytest.raises(BackupError, match="no complete manifest"):
        check_tar(tar_of(FILES, manifest_of(FILES)[:-30]))


def test_a_cut_archive_is_noticed() -> None:
    with pytest.raises(BackupError):
        check_tar(tar_of(FILES, manifest_of(FILES))[:10])
    with pytest.raises(BackupError):
        check_tar([])
