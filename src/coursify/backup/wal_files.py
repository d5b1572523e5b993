"""The stored write-ahead log: names of segments, which of them a restore needs, and whether one is missing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coursify.backup.compression import decompress
from coursify.backup.errors import BackupError
from coursify.backup.repository import Repository

FOLDER = "wal"
SEGMENT = re.compile(r"[0-9A-F]{24}")
HISTORY = re.compile(r"[0-9A-F]{8}\.history")
PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class WalFile:
    """`is_partial`: its end has not been written yet."""

    path: str
    name: str
    is_partial: bool
    size: int

    @property
    def timeline(self) -> int:
        return int(self.name[:8], 16)


def folder_of_wal(system_id: str) -> str:
    """Two clusters never share a folder."""
    return f"{FOLDER}/{system_id}"


def number_of(segment: str, segment_bytes: int) -> int:
    """The position of a segment in the log, whatever its timeline."""
    return int(segment[8:16], 16) * ((1 << 32) // segment_bytes) + int(segment[16:24], 16)


def list_wal(repository: Repository, system_id: str) -> list[WalFile]:
    """Segments and histories. A segment that is stored twice, with its end and without, is listed with it."""
    found: dict[str, WalFile] = {}
    for stored in repository.list_files(folder_of_wal(system_id)):
        file = stored.path.rpartition("/")[2]
        name = file.removesuffix(PARTIAL)
        if (SEGMENT.fullmatch(name) or HISTORY.fullmatch(name)) and (name not in found or not file.endswith(PARTIAL)):
            found[name] = WalFile(stored.path, name, file.endswith(PARTIAL), stored.size)
    return [found[name] for name in sorted(found)]


def choose_wal(files: Iterable[WalFile], *, start: str, segment_bytes: int) -> list[WalFile]:
    """What a restore replays from the segment `start` on, up to the first one that is missing."""
    first = number_of(start, segment_bytes)
    # Those of earlier timelines are not asked for, and may be sealed with a key that is gone.
    histories = [file for file in files if HISTORY.fullmatch(file.name) and file.timeline >= int(start[:8], 16)]
    segments = [file for file in files if SEGMENT.fullmatch(file.name) and number_of(file.name, segment_bytes) >= first]
    there = {number_of(file.name, segment_bytes) for file in segments}
    end = first
    while end in there:
        end += 1
    return histories + [file for file in segments if number_of(file.name, segment_bytes) < end]


def find_gap(files: Iterable[WalFile], *, start: str, segment_bytes: int) -> str | None:
    """The first segment that is missing between `start` and the newest one."""
    numbers = {number_of(file.name, segment_bytes): file for file in files if SEGMENT.fullmatch(file.name)}
    first = number_of(start, segment_bytes)
    later = [number for number in numbers if number >= first]
    for number in range(first, max(later, default=first)):
        if number not in numbers:
            per_log = (1 << 32) // segment_bytes
            return f"{start[:8]}{number // per_log:08X}{number % per_log:08X}"
    return None


def download(repository: Repository, files: list[WalFile], folder: Path) -> None:
    """Write the plain segments under the names that PostgreSQL asks for."""
    for file in files:
        try:
            with (folder / file.name).open("wb") as output:
                for chunk in decompress(repository.read(file.path)):
                    output.write(chunk)
        except OSError as error:
            raise BackupError(f"The write-ahead log cannot be written to {folder}: {error.strerror}.") from error
