"""What privacy controllers need of the application: the personal data of every module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request

from coursify.core.http import resources_of
from coursify.modules.privacy.models import PersonalData, PrivacyResources


async def _rooms(request: Request) -> Mapping[str, PersonalData]:
    return resources_of(request, PrivacyResources).personal_data


Rooms = Annotated[Mapping[str, PersonalData], Depends(_rooms)]
