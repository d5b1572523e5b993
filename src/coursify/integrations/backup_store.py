"""Where backups are kept: a folder of this machine, or a bucket of S3. What it stores is sealed already."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.store import LocalStore, S3Store

from coursify.core.backup_settings import BackupSettings

MIB = 1_048_576
SMALLEST_PART = 8 * MIB
# S3 joins at most 10,000 parts.
MAX_PARTS = 9_000
CALL_SECONDS = 120
UNFINISHED = ".unfinished"
UNFINISHED_AGE = timedelta(days=1)
_RETRY: Any = {"max_retries": 5, "retry_timeout": timedelta(seconds=60)}


class StoreFailed(Exception):
    """The store gave no usable answer, or has no room; the message says which."""


class FileMissing(StoreFailed):
    """The store has no file of this name."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    path: str
    size: int
    modified_at: datetime


class BackupStore:
    """A file is visible when it is complete, and replaces another one."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None) -> None:
        self._store = store
        self._folder = folder

    @property
    def folder(self) -> Path | None:
        """None for a bucket."""
        return self._folder

    def write(self, path: str, chunks: Iterable[bytes], *, expected_bytes: int = 0) -> int:
        """Store a file, and return its size."""
        counted = _Counted(chunks)
        with _named(counted):
            if self._folder is not None:
                _write_durably(self._folder / path, counted)
            else:
                part = max(SMALLEST_PART, -(-expected_bytes * 2 // MAX_PARTS // MIB) * MIB)
                obstore.put(self._store, path, counted, use_multipart=True, chunk_size=part, max_concurrency=2)
        return counted.size

    def read(self, path: str) -> Generator[bytes]:
        """Raises FileMissing."""
        with _named():
            for chunk in obstore.get(self._store, path).stream(min_chunk_size=MIB):
                yield bytes(chunk)

    def list_files(self, folder: str) -> list[StoredFile]:
        with _named():
            found = obstore.list(self._store, prefix=folder).collect()
        return [
            StoredFile(meta["path"], meta["size"], meta["last_modified"])
            for meta in found
            if not meta["path"].endswith(UNFINISHED)
        ]

    def delete(self, paths: list[str]) -> None:
        """Delete files; one that is missing is no error."""
        for path in paths:
            with suppress(FileMissing), _named():
                obstore.delete(self._store, path)

    def free_bytes(self) -> int | None:
        """The room on the disk of the folder; None for a bucket."""
        return shutil.disk_usage(self._folder).free if self._folder is not None else None

    def delete_unfinished(self) -> int:
        """Delete what killed writers left in the folder; S3 hides it, and a rule of the bucket deletes it."""
        if self._folder is None:
            return 0
        oldest = (datetime.now(UTC) - UNFINISHED_AGE).timestamp()
        left = [path for path in self._folder.rglob(f"*{UNFINISHED}") if path.stat().st_mtime < oldest]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)


def open_backup_store(settings: BackupSettings) -> BackupStore:
    """The store that BACKUP_STORE names. Raises StoreFailed."""
    if settings.backup_store == "local" and settings.backup_folder:
        with _named():
            settings.backup_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return BackupStore(LocalStore(settings.backup_folder), settings.backup_folder)
    if settings.backup_s3_bucket and settings.backup_s3_access_key_id and settings.backup_s3_secret_access_key:
        endpoint = settings.backup_s3_endpoint_url or f"https://s3.{settings.backup_s3_region}.amazonaws.com"
        bucket = S3Store(
            settings.backup_s3_bucket,
            endpoint=endpoint,
            region=settings.backup_s3_region,
            access_key_id=settings.backup_s3_access_key_id,
            secret_access_key=settings.backup_s3_secret_access_key.get_secret_value(),
            disable_bulk_delete=True,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "timeout": timedelta(seconds=CALL_SECONDS),
            },
            retry_config=_RETRY,
        )
        return BackupStore(bucket, None)
    raise AssertionError("BackupSettings requires what the store needs")


class _Counted:
    """Counts the bytes that pass, and keeps the error that ended them."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self.size = 0
        self.error: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            chunk = next(self._chunks)
        except StopIteration:
            raise
        except Exception as error:
            self.error = error
            raise
        self.size += len(chunk)
        return chunk


def _write_durably(target: Path, chunks: Iterable[bytes]) -> None:
    """Write under another name, fsync, then rename: after a power cut the file is whole or absent."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + UNFINISHED)
    try:
        with unfinished.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _named(source: _Counted | None = None) -> Iterator[None]:
    """Raise FileMissing, StoreFailed or the error of the source. A bucket that is missing is no missing file."""
    try:
        yield
    except (obstore.exceptions.BaseError, OSError) as error:
        if source is not None and source.error is not None:
            raise source.error from error
        reason = " ".join(str(error).split())[:300]
        if isinstance(error, FileNotFoundError | obstore.exceptions.NotFoundError) and "NoSuchBucket" not in reason:
            raise FileMissing("the file is missing") from error
        raise StoreFailed(f"the store of backups failed: {reason}") from error
