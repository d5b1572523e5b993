"""The folder of media, incrementally: a file is stored once, and each index names every file there was.

Files of media are replaced as a whole and never edited, so the same size and time of change mean the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from coursify.backup.context import Context
from coursify.backup.errors import BackupError
from coursify.backup.locks import only_one
from coursify.backup.programs import require_room
from coursify.backup.repository import Repository
from coursify.core.settings import MediaSettings

OBJECTS = "media/objects"
INDEXES = "media/indexes"
STAMP = "%Y%m%dT%H%M%S.%fZ"
CHUNK_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class MediaFile:
    """`modified`: nanoseconds since 1970. `stored_as`: the name of the stored file, which `key` sealed."""

    path: str
    size: int
    modified: int
    sha256: str
    stored_as: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class MediaBackup:
    taken_at: datetime
    files: int
    new_files: int
    new_bytes: int


def folder_of_media(settings: MediaSettings) -> Path | None:
    """None for a bucket or Cloudinary, which keep versions of their own (docs/operations/backup.md)."""
    return settings.media_folder if settings.media_store == "local" else None


def back_up_media(context: Context) -> MediaBackup | None:
    """Store what is new in the folder, then an index of everything. None where media are not in a folder.

    After a change of the key everything is stored again, so that one day nothing needs the old key.
    """
    if context.media_folder is None:
        return None
    with only_one(context.work_folder, "media"):
        taken_at = datetime.now(UTC)
        known = {
            (file.path, file.size, file.modified): file
            for file in _newest_index(context.repository)
            if file.key == context.repository.current_key
        }
        found = list(_list_files(context.media_folder))
        new = [file for file in found if file not in known]
        total = sum(size for _path, size, _modified in new)
        _require_room_for(context, total)
        index = [known[file] for file in found if file in known]
        done = 0
        for path, size, modified in new:
            with suppress(FileNotFoundError):  # deleted since it was listed
                index.append(_store(context, path, size, modified))
            done += size
            context.report("media", done, total)
        content = [asdict(file) for file in sorted(index, key=lambda file: file.path)]
        context.repository.write_json(f"{INDEXES}/{taken_at:{STAMP}}", content)
        return MediaBackup(taken_at, len(index), len(new), total)


def list_indexes(repository: Repository) -> list[tuple[datetime, str]]:
    """The time and the name of each index, the oldest first."""
    names = [stored.path for stored in repository.list_files(INDEXES)]
    return [(datetime.strptime(name.rpartition("/")[2], STAMP).replace(tzinfo=UTC), name) for name in names]


def read_index(repository: Repository, name: str) -> list[MediaFile]:
    return [MediaFile(**found) for found in repository.read_json(name)]


def restore_media(context: Context, target: Path, *, at: datetime | None) -> int:
    """Write every file that `target` lacks; return how many. With `at`: of the first index since then.

    A file is complete when it is visible, and nothing of `target` is replaced or deleted.
    """
    name = choose_index(context.repository, at)
    if name is None:
        raise BackupError("There is no backup of media: leave out --media-dir.")
    missing = [file for file in read_index(context.repository, name) if not _is_there(target / file.path, file.size)]
    target.mkdir(parents=True, exist_ok=True)
    total, done = sum(file.size for file in missing), 0
    require_room(target, total, "The restore of media")
    for file in missing:
        _restore_file(context.repository, file, target)
        done += file.size
        context.report("media", done, total)
    return len(missing)


def check_media(repository: Repository, *, sample: int) -> tuple[int, int]:
    """Every file of the newest index must be stored; `sample` of them are read. Returns both numbers."""
    files = _newest_index(repository)
    stored = {file.path for file in repository.list_files(OBJECTS)}
    lost = [file.path for file in files if f"{OBJECTS}/{file.stored_as}" not in stored]
    if lost:
        raise BackupError(f"{len(lost)} files of media are missing from the backup, {lost[0]} among them.")
    chosen = random.sample(files, min(sample, len(files)))
    for file in chosen:
        for _chunk in _read_checked(repository, file):
            pass
    return len(files), len(chosen)


def choose_index(repository: Repository, at: datetime | None) -> str | None:
    """The first index since `at`, which has every file of that time; else the newest."""
    indexes = list_indexes(repository)
    later = [name for taken_at, name in indexes if at is not None and taken_at >= at]
    return later[0] if later else (indexes[-1][1] if indexes else None)


def _newest_index(repository: Repository) -> list[MediaFile]:
    name = choose_index(repository, None)
    return read_index(repository, name) if name else []


def _list_files(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Path, size and time of change of each file. Raises BackupError for a folder that is not there."""
    if not folder.is_dir():
        raise BackupError(f"MEDIA_FOLDER {folder} is not there: mount it on the machine that takes the backups.")
    for root, _folders, names in os.walk(folder, onerror=_raise):
        for name in names:
            path = Path(root) / name
            with suppress(FileNotFoundError):
                found = path.lstat()
                if path.is_file() and not path.is_symlink() and "#" not in name:
                    yield path.relative_to(folder).as_posix(), found.st_size, found.st_mtime_ns


def _raise(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise BackupError(f"A folder of media cannot be read: {error.filename} ({error.strerror}).") from error


def _require_room_for(context: Context, needed: int) -> None:
    folder = context.repository.store.folder
    if folder is not None:
        require_room(folder, needed, "The backup of media")


def _store(context: Context, path: str, size: int, modified: int) -> MediaFile:
    if context.media_folder is None:
        raise AssertionError("only a folder is listed")
    name, digest = uuid4().hex, hashlib.sha256()

    def read() -> Iterator[bytes]:
        while chunk := source.read(CHUNK_BYTES):
            digest.update(chunk)
            yield chunk

    stored_as = f"{name[:2]}/{name}"
    with (context.media_folder / path).open("rb") as source:
        context.repository.write(f"{OBJECTS}/{stored_as}", read(), expected_bytes=size)
        size = source.tell()
    return MediaFile(path, size, modified, digest.hexdigest(), stored_as, context.repository.current_key)


def _is_there(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _restore_file(repository: Repository, file: MediaFile, target: Path) -> None:
    path = target / file.path
    if Path(file.path).is_absolute() or ".." in Path(file.path).parts:
        raise BackupError(f"The index of media names a file outside of its folder: {file.path}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as output:
            for chunk in _read_checked(repository, file):
                output.write(chunk)
        os.utime(unfinished, ns=(file.modified, file.modified))
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _read_checked(repository: Repository, file: MediaFile) -> Iterable[bytes]:
    digest = hashlib.sha256()
    with closing(repository.read(f"{OBJECTS}/{file.stored_as}")) as chunks:
        for chunk in chunks:
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != file.sha256:
        raise BackupError(f"The media file {file.path} of the backup is not what was stored.")
