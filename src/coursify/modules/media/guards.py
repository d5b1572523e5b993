"""What the controllers of media ask of a request."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from coursify.core.http import Configuration, resources_of
from coursify.core.policy import KIB
from coursify.core.settings import MediaSettings
from coursify.modules.media.store import MediaResources, MediaStore


async def _store(request: Request) -> MediaStore:
    return resources_of(request, MediaResources).media


async def _limits(settings: Configuration) -> MediaSettings:
    return settings.media


# The settings limit the files of an upload; this is the most that they may allow a form to have.
LARGEST_FORM_BYTES = 102_400 * KIB
WithStore = Annotated[MediaStore, Depends(_store)]
WithLimits = Annotated[MediaSettings, Depends(_limits)]
