"""The sealed files of the store: the only way in which backups are written and read."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from typing import Any

import orjson

from coursify.backup.errors import BackupError
from coursify.backup.models import Backup, folder_of
from coursify.core.backup_settings import BackupSettings
from coursify.core.sealed_stream import Keyring, StreamUnreadable, key_of, open_stream, seal_stream
from coursify.integrations.backup_store import (
    BackupStore,
    FileMissing,
    StoredFile,
    StoreFailed,
    open_backup_store,
)

BACKUP_FILE = "backup"
DATA_FILE = "data.tar.gz"
MANIFEST_FILE = "manifest"


class Repository:
    """Every method raises BackupError. A sealed file opens only under the name under which it was written."""

    def __init__(self, store: BackupStore, keyring: Keyring) -> None:
        self.store = store
        self._keyring = keyring

    @property
    def current_key(self) -> str:
        return self._keyring[0][0]

    def write(self, path: str, chunks: Iterable[bytes], *, expected_bytes: int = 0) -> int:
        """Seal and store; return the size of the stored file."""
        with _one_sentence(path):
            return self.store.write(path, seal_stream(chunks, self._keyring, name=path), expected_bytes=expected_bytes)

    def read(self, path: str) -> Generator[bytes]:
        with _one_sentence(path), closing(self.store.read(path)) as stored:
            yield from open_stream(stored, self._keyring, name=path)

    def write_json(self, path: str, content: Any) -> None:
        self.write(path, [orjson.dumps(content)])

    def read_json(self, path: str) -> Any:
        return orjson.loads(b"".join(self.read(path)))

    def exists(self, path: str) -> bool:
        folder = path.rpartition("/")[0]
        return any(stored.path == path for stored in self.list_files(folder))

    def key_of(self, path: str) -> str | None:
        """The id of the key that sealed a file."""
        with _one_sentence(path):
            return key_of(b"".join(islice(self.store.read(path), 1)))

    def list_files(self, folder: str) -> list[StoredFile]:
        with _one_sentence(folder):
            return sorted(self.store.list_files(folder), key=lambda stored: stored.path)

    def delete(self, paths: list[str]) -> None:
        with _one_sentence("a file"):
            self.store.delete(paths)

    def list_backups(self) -> list[Backup]:
        """Every complete backup, the oldest first."""
        return [
            Backup.from_json(self.read_json(stored.path))
            for stored in self.list_files("base")
            if stored.path.endswith(f"/{BACKUP_FILE}")
        ]

    def add_backup(self, backup: Backup) -> None:
        """List a backup, after all of its files are stored."""
        self.write_json(f"{folder_of(backup.id)}/{BACKUP_FILE}", backup.as_json())


def open_repository(settings: BackupSettings) -> Repository:
    with _one_sentence("the folder of backups"):
        return Repository(open_backup_store(settings), settings.backup_keys)


@contextmanager
def _one_sentence(path: str) -> Iterator[None]:
    try:
        yield
    except StreamUnreadable as error:
        raise BackupError(f"The file {path} of the backup {error}.") from error
    except FileMissing as error:
        raise BackupError(f"The file {path} of the backup is missing.") from error
    except StoreFailed as error:
        raise BackupError(f"{str(error)[0].upper()}{str(error)[1:]} ({path}).") from error
