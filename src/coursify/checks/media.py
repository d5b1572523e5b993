"""The store of media, the folder of uploads, and the room on their disks."""

from __future__ import annotations

import shutil
from pathlib import Path

from rich.filesize import decimal

from coursify.checks.models import Finding, Installation, failure, ok, warning
from coursify.core.environment import ConfigurationError
from coursify.core.folders import check_folders
from coursify.modules.media.store import StoreUnavailable
from coursify.resources import make_store

STORE, DISK = "media store", "disk"
LEAST_BYTES = 1_000_000_000
FEW_BYTES = 10_000_000_000


async def check_store(installation: Installation) -> list[Finding]:
    """Write, read and delete a small object."""
    name = installation.settings.media.media_store
    fix = f"Correct the settings of MEDIA_STORE={name}, the permissions, or the store itself."
    try:
        store = make_store(installation.settings)
    except ConfigurationError as error:
        return [failure(STORE, str(error), fix)]
    try:
        await store.check()
    except StoreUnavailable as error:
        return [failure(STORE, f"The store of media cannot be used: {error.reason}.", fix)]
    finally:
        await store.close()
    return [ok(STORE, f"The store of media ({name}) takes, returns and deletes an object.")]


async def check_disk(installation: Installation) -> list[Finding]:
    media = installation.settings.media
    try:
        check_folders(media)
    except ConfigurationError as error:
        return [failure(DISK, str(error), "Create the folder, and give it to the account that runs Coursify.")]
    folders = {"MEDIA_SCRATCH_FOLDER": media.media_scratch_folder}
    if media.media_store == "local" and media.media_folder:
        folders["MEDIA_FOLDER"] = media.media_folder
    return [_judge(setting, folder) for setting, folder in folders.items()]


def _judge(setting: str, folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    sentence = f"{setting} has {decimal(free)} of room."
    fix = "Make room, or use a larger disk: uploads and transcoding need several times the size of a video."
    if free < LEAST_BYTES:
        return failure(DISK, sentence, fix)
    if free < FEW_BYTES:
        return warning(DISK, sentence, fix)
    return ok(DISK, sentence)
