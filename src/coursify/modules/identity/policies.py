"""Does this sign-in suffice for that? Pure."""

from __future__ import annotations

from datetime import datetime

from coursify.core.caller import Caller
from coursify.modules.identity.models import STEP_UP_LIFETIME


def has_stepped_up(caller: Caller, now: datetime) -> bool:
    """The password was proven in the last 10 minutes."""
    return now - caller.authenticated_at <= STEP_UP_LIFETIME
