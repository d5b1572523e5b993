"""Whether a session is recent enough. Pure."""

from __future__ import annotations

from datetime import datetime

from coursify.core.caller import Caller
from coursify.modules.identity.models import STEP_UP_LIFETIME


def has_stepped_up(caller: Caller, now: datetime) -> bool:
    """Whether the password was confirmed in the last 10 minutes."""
    return now - caller.authenticated_at <= STEP_UP_LIFETIME
