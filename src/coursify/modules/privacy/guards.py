"""What the privacy controllers ask the application for: the rooms that make an export and an erasure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from coursify.core.http import resources_of
from coursify.modules.privacy.models import PersonalData, PrivacyResources


async def _rooms(request: Request) -> Mapping[str, PersonalData]:
    return resources_of(request, PrivacyResources).personal_data


Rooms = Annotated[Mapping[str, PersonalData], Depends(_rooms)]
