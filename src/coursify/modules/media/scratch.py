"""The scratch folder: where uploads arrive and videos are transcoded, on a disk that API and worker share.

`uploads/<asset id>/bytes` is what has arrived of an upload: its length is the offset. The folder is locked by the one
who writes or completes it. `transcodes/<asset id>/` is the work of a transcoding job.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID, uuid4

from coursify.core.errors import NoSpaceLeft
from coursify.core.logging import log
from coursify.modules.media.errors import UploadLocked

# As core/http/multipart.py names the files of forms.
FORM_PREFIX = "form-"
OLD_SECONDS = 86_400
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Scratch:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def upload(self, asset_id: UUID) -> Path:
        return self.folder / "uploads" / str(asset_id)

    def received(self, asset_id: UUID) -> Path:
        """The file of the bytes that have arrived."""
        return self.upload(asset_id) / "bytes"

    def received_bytes(self, asset_id: UUID) -> int | None:
        """How many bytes have arrived, or None when there is no file."""
        try:
            return self.received(asset_id).stat().st_size
        except FileNotFoundError:
            return None

    def transcode(self, asset_id: UUID) -> Path:
        return self.folder / "transcodes" / str(asset_id)

    @contextmanager
    def locked_upload(self, asset_id: UUID) -> Iterator[Path]:
        """The file of an upload, for one writer at a time. Raises UploadLocked, NoSpaceLeft."""
        folder = self.upload(asset_id)
        with named_disk_errors():
            folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            yield folder / "bytes"

    @contextmanager
    def transcode_attempt(self, asset_id: UUID) -> Iterator[Path]:
        """An empty folder for one attempt, removed afterwards. What killed attempts left is removed before."""
        attempts = self.transcode(asset_id)
        attempts.mkdir(parents=True, exist_ok=True)
        for entry in list(os.scandir(attempts)):
            with suppress(UploadLocked, OSError), _locked(Path(entry.path)):
                shutil.rmtree(entry.path, ignore_errors=True)
        folder = attempts / uuid4().hex
        folder.mkdir()
        try:
            with _locked(folder):
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                attempts.rmdir()

    def remove_upload(self, asset_id: UUID) -> None:
        shutil.rmtree(self.upload(asset_id), ignore_errors=True)

    def remove_transcode(self, asset_id: UUID) -> None:
        shutil.rmtree(self.transcode(asset_id), ignore_errors=True)

    def remove_old_forms(self) -> None:
        """Remove what killed processes left of forms: files that nobody has written to for a day."""
        oldest = time.time() - OLD_SECONDS
        for path in self.folder.glob(f"{FORM_PREFIX}*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def list_ids(self) -> list[UUID]:
        """The assets that have a folder here."""
        found = set()
        for kind in ("uploads", "transcodes"):
            with suppress(FileNotFoundError):
                for entry in os.scandir(self.folder / kind):
                    with suppress(ValueError):
                        found.add(UUID(entry.name))
        return sorted(found)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The kernel releases the lock when the process ends. Raises UploadLocked."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError as error:
        raise UploadLocked from error
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_the_same = folder.stat().st_ino == os.fstat(handle).st_ino
    except (BlockingIOError, FileNotFoundError):
        is_the_same = False
    if not is_the_same:
        raise UploadLocked


@contextmanager
def named_disk_errors() -> Iterator[None]:
    """Raise NoSpaceLeft for what the disk refuses; what is on it already stays."""
    try:
        yield
    except OSError as error:
        log.error("the scratch folder cannot be written", error=str(error), is_full=error.errno in _FULL)
        raise NoSpaceLeft from error
