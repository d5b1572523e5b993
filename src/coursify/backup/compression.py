"""gzip as streams, so that a backup of any size passes through little memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from coursify.backup.errors import BackupError

# The fastest level: databases shrink to a third with it, and the next levels gain little.
LEVEL = 1
_GZIP = 31
_PIECE_BYTES = 1_048_576


def compress(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP)
    for chunk in chunks:
        if packed := packer.compress(chunk):
            yield packed
    yield packer.flush()


def decompress(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Raises BackupError for a stream that is damaged or ends early."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        for chunk in chunks:
            piece = unpacker.decompress(chunk, _PIECE_BYTES)
            while piece:
                yield piece
                piece = unpacker.decompress(unpacker.unconsumed_tail, _PIECE_BYTES)
        if rest := unpacker.flush():
            yield rest
    except zlib.error as error:
        raise BackupError(f"A file of the backup is damaged: {error}.") from error
    if not unpacker.eof:
        raise BackupError("A file of the backup is truncated.")
