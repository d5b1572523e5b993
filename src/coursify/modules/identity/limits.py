"""How often someone may guess. A key is an account, an address or a verified device, never an unverified credential."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import derive
from coursify.core.ratelimit import Bucket, Rate

_QUARTER_HOUR = 900
_HOUR = 3_600

LOGIN_BY_ACCOUNT = Rate("login-account", 10, _QUARTER_HOUR)
LOGIN_BY_ADDRESS = Rate("login-address", 100, _HOUR)
LOGIN_BY_BOTH = Rate("login-both", 8, _QUARTER_HOUR)
LOGIN_BY_DEVICE = Rate("login-device", 10, _QUARTER_HOUR)
TAKEN_BY_ADDRESS = Rate("taken-address", 10, _HOUR)
CODE_BY_ACCOUNT = Rate("code-account", 6, _QUARTER_HOUR)
PASSWORD_BY_ACCOUNT = Rate("password-account", 10, _QUARTER_HOUR)
EMAIL_CHANGE_BY_ACCOUNT = Rate("email-change-account", 5, _HOUR)
TOKEN_BY_ADDRESS = Rate("token-address", 60, _HOUR)
# How many refusals of one person are written down.
DENIALS_BY_ACCOUNT = Rate("denied-account", 10, 60)


def login_buckets(server_key: bytes, *, email_canonical: str, address: str, device_id: UUID | None) -> list[Bucket]:
    """A known device has a count of its own, so that an attacker cannot lock the owner out."""
    account = _pseudonym(server_key, email_canonical)
    by_address = Bucket(LOGIN_BY_ADDRESS, address)
    if device_id:
        return [by_address, Bucket(LOGIN_BY_DEVICE, f"{account}:{device_id}")]
    return [by_address, Bucket(LOGIN_BY_ACCOUNT, account), Bucket(LOGIN_BY_BOTH, f"{account}:{address}")]


def _pseudonym(server_key: bytes, email_canonical: str) -> str:
    """Counted under a name that tells nobody whose address it is."""
    return derive(server_key, "limit", email_canonical).hex()[:32]
