"""The folders that settings name: they have to be usable before anything is served."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

from coursify.core.environment import ConfigurationError
from coursify.core.settings import MediaSettings

_FULL = {errno.ENOSPC, errno.EDQUOT}


def check_folders(media: MediaSettings) -> None:
    """The folders that API and worker write to. Raises ConfigurationError for one that cannot be used."""
    require_folder("MEDIA_SCRATCH_FOLDER", media.media_scratch_folder)
    if media.media_store == "local" and media.media_folder:
        require_folder("MEDIA_FOLDER", media.media_folder)


def require_folder(setting: str, folder: Path) -> None:
    """Make the folder and write to it. Raises ConfigurationError; a full disk is not a wrong setting."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno not in _FULL:
            raise ConfigurationError(f"{setting}: {folder} cannot be used as a folder: {error.strerror}.") from error
