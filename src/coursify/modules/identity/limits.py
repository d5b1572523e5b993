"""Limits of guesses: per account, client address or verified device, never per unverified credential."""

from __future__ import annotations

from uuid import UUID

from coursify.core.crypto import derive
from coursify.core.ratelimit import Bucket, Rate

_QUARTER_HOUR = 900
_HOUR = 3_600

LOGIN_BY_ACCOUNT = Rate("login-account", 10, _QUARTER_HOUR)
LOGIN_BY_CLIENT = Rate("login-address", 100, _HOUR)
LOGIN_BY_ACCOUNT_AND_CLIENT = Rate("login-both", 8, _QUARTER_HOUR)
LOGIN_BY_DEVICE = Rate("login-device", 10, _QUARTER_HOUR)
TAKEN_EMAIL_BY_CLIENT = Rate("taken-address", 10, _HOUR)
CODE_BY_ACCOUNT = Rate("code-account", 6, _QUARTER_HOUR)
PASSWORD_BY_ACCOUNT = Rate("password-account", 10, _QUARTER_HOUR)
EMAIL_CHANGE_BY_ACCOUNT = Rate("email-change-account", 5, _HOUR)
TOKEN_BY_CLIENT = Rate("token-address", 60, _HOUR)
# Successes, in this process and its replicas: a client that loops harms nobody but itself.
SIGN_INS_BY_ACCOUNT = Rate("sign-ins-account", 60, 60)
REFRESHES_BY_SESSION = Rate("refreshes-session", 30, 60)
# How many denied attempts of one user are audited.
DENIALS_BY_ACCOUNT = Rate("denied-account", 10, 60)


def login_buckets(
    server_key: bytes, *, email_canonical: str, client_address: str, device_id: UUID | None
) -> list[Bucket]:
    """A known device has its own counter, so that an attacker cannot lock the owner out."""
    account = _pseudonym(server_key, email_canonical)
    by_client = Bucket(LOGIN_BY_CLIENT, client_address)
    if device_id:
        return [by_client, Bucket(LOGIN_BY_DEVICE, f"{account}:{device_id}")]
    return [
        by_client,
        Bucket(LOGIN_BY_ACCOUNT, account),
        Bucket(LOGIN_BY_ACCOUNT_AND_CLIENT, f"{account}:{client_address}"),
    ]


def successes_of(server_key: bytes, email_canonical: str) -> Bucket:
    return Bucket(SIGN_INS_BY_ACCOUNT, _pseudonym(server_key, email_canonical))


def _pseudonym(server_key: bytes, email_canonical: str) -> str:
    """A keyed digest: the counters contain no email addresses."""
    return derive(server_key, "limit", email_canonical).hex()[:32]
