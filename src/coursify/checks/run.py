"""Every check of an installation, on one page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from coursify.checks.backups import check_backups
from coursify.checks.database import check_database
from coursify.checks.mail import check_mail
from coursify.checks.media import check_disk, check_store
from coursify.checks.models import Finding, Installation, failure
from coursify.checks.redis import check_redis
from coursify.checks.settings import check_settings
from coursify.checks.stripe import check_stripe

Check = Callable[[Installation], Awaitable[list[Finding]]]
TIMEOUT_SECONDS = 30.0

# name → check; a new one is a function and a line here.
CHECKS: dict[str, Check] = {
    "settings": check_settings,
    "postgresql": check_database,
    "redis": check_redis,
    "stripe": check_stripe,
    "mail": check_mail,
    "media store": check_store,
    "disk": check_disk,
    "backups": check_backups,
}


async def run_checks(installation: Installation) -> list[Finding]:
    """What all of them find, in their order; one that does not end is a failure."""
    found = await asyncio.gather(*(_run(name, check, installation) for name, check in CHECKS.items()))
    return [finding for findings in found for finding in findings]


async def _run(name: str, check: Check, installation: Installation) -> list[Finding]:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await check(installation)
    except TimeoutError:
        sentence = f"The check did not end within {TIMEOUT_SECONDS:.0f} s."
        return [failure(name, sentence, "Look for a firewall that drops packets between this machine and the server.")]
