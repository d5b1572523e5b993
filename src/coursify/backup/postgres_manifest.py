"""Checks a base backup against its own manifest, file by file, while it passes.

A tar of pg_basebackup ends with `backup_manifest`: a JSON text with the SHA-256 of every file, and one of itself.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

from coursify.backup.errors import BackupError

MANIFEST = "backup_manifest"
CHUNK_BYTES = 1_048_576
# Written after the manifest was begun, and protected by checksums of its own.
UNLISTED = ("pg_wal/", MANIFEST)


@dataclass(frozen=True, slots=True)
class Manifest:
    text: bytes
    files: dict[str, tuple[int, str]]
    system_id: str
    timeline: int
    start_lsn: str

    def wal_start(self, segment_bytes: int) -> str:
        """The name of the first segment of the write-ahead log that a restore needs."""
        high, low = (int(part, 16) for part in self.start_lsn.split("/"))
        number = (high << 32 | low) // segment_bytes
        per_log = (1 << 32) // segment_bytes
        return f"{self.timeline:08X}{number // per_log:08X}{number % per_log:08X}"


def check_tar(chunks: Iterable[bytes], *, target: Path | None = None) -> Manifest:
    """Read a whole tar and compare every file with the manifest in it. Unpacks into `target`, if there is one.

    Raises BackupError for a file that is missing, changed or not listed, and for a tablespace outside of the folder.
    """
    found: dict[str, tuple[int, str]] = {}
    text = b""
    try:
        with tarfile.open(fileobj=_Readable(chunks), mode="r|") as tar:
            for member in tar:
                path = member.name.removeprefix("./")
                if member.isdir():
                    _make_folder(target, path)
                elif member.isfile():
                    size, digest, content = _read_file(tar, member, path, target)
                    found[path] = (size, digest)
                    text = content or text
                else:
                    raise BackupError(f"The base backup has a tablespace outside of the data directory ({path}).")
    except tarfile.TarError as error:
        raise BackupError(f"The base backup is no whole archive: {error}.") from error
    manifest = read_manifest(text)
    _compare(found, manifest)
    return manifest


def read_manifest(text: bytes) -> Manifest:
    """Raises BackupError when the manifest was changed or cut off."""
    body, _, last = text.rpartition(b'"Manifest-Checksum"')
    try:
        content: dict[str, Any] = json.loads(text)
        if content["Manifest-Checksum"] != hashlib.sha256(body).hexdigest() or not last:
            raise BackupError("The manifest of the base backup was changed: its checksum differs.")
        ranges = content["WAL-Ranges"]
        return Manifest(
            text=text,
            files={file["Path"]: (file["Size"], file["Checksum"]) for file in content["Files"] if "Path" in file},
            system_id=str(content["System-Identifier"]),
            timeline=ranges[0]["Timeline"],
            start_lsn=ranges[0]["Start-LSN"],
        )
    except (ValueError, KeyError, IndexError) as error:
        raise BackupError("The base backup has no complete manifest.") from error


def _compare(found: dict[str, tuple[int, str]], manifest: Manifest) -> None:
    for path, expected in manifest.files.items():
        if path not in found:
            raise BackupError(f"The base backup lacks the file {path}.")
        if found[path] != expected:
            raise BackupError(f"The file {path} of the base backup was changed: its checksum differs.")
    extra = [path for path in found if path not in manifest.files and not path.startswith(UNLISTED)]
    if extra:
        raise BackupError(f"The base backup has a file that its manifest does not list: {extra[0]}.")


def _read_file(tar: tarfile.TarFile, member: tarfile.TarInfo, path: str, target: Path | None) -> tuple[int, str, bytes]:
    """The size and SHA-256 of a file, and the content of the manifest."""
    source = tar.extractfile(member)
    if source is None:
        raise BackupError(f"The base backup cannot be read at {path}.")
    digest, size, kept = hashlib.sha256(), 0, []
    with _open_target(target, path) as file:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            if file is not None:
                file.write(chunk)
            if path == MANIFEST:
                kept.append(chunk)
    return size, digest.hexdigest(), b"".join(kept)


@contextmanager
def _open_target(target: Path | None, path: str) -> Iterator[BinaryIO | None]:
    if target is None:
        yield None
        return
    file_path = _inside(target, path)
    file_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with file_path.open("xb") as file:
        file_path.chmod(0o600)
        yield file


def _make_folder(target: Path | None, path: str) -> None:
    if target is not None:
        _inside(target, path).mkdir(mode=0o700, parents=True, exist_ok=True)


def _inside(target: Path, path: str) -> Path:
    if path.startswith("/") or ".." in Path(path).parts:
        raise BackupError(f"The base backup has a file outside of its folder: {path}.")
    return target / path


class _Readable(RawIOBase):
    """Chunks as a file that is read once from its beginning."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, missing = [], size
        while missing and (self._rest or self._advance()):
            part = self._rest[:missing] if size >= 0 else self._rest
            self._rest = self._rest[len(part) :]
            missing -= len(part) if size >= 0 else 0
            parts.append(part)
        return b"".join(parts)

    def _advance(self) -> bool:
        self._rest = next(self._chunks, b"")
        return bool(self._rest)
