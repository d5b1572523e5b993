"""Authenticates a call: by API key as Bearer token, Basic user name or form field, or several of them."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass

from stripe_standin.config import StandinConfig
from stripe_standin.errors import StripeError
from stripe_standin.json_types import Json

KEY_MISSING = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we "
    "can help at https://support.stripe.com/."
)
SECRET_NEEDED = (
    "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your "
    "API keys at https://dashboard.stripe.com/account/apikeys."
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The API key of a call."""

    key: str
    is_publishable: bool


def authenticate(config: StandinConfig, authorization: list[str], params: Json) -> Caller:
    """The caller; every key must be valid, and a key in the header has priority over one in the form."""
    form_key = params.pop("key", None)
    presented = [key for header in authorization for key in keys_in(header)]
    if isinstance(form_key, str) and form_key:
        presented.append(form_key)
    if not presented:
        raise StripeError(KEY_MISSING, status=401)
    for key in presented:
        if not is_same(key, config.secret_key) and not is_same(key, config.publishable_key):
            message = f"Invalid API Key provided: {masked(key)}"
            raise StripeError(message, status=401)
    return Caller(key=presented[0], is_publishable=not is_same(presented[0], config.secret_key))


def keys_in(header: str) -> list[str]:
    """The keys of an Authorization header, of either scheme; several are separated by commas."""
    found = []
    for part in header.split(","):
        scheme, _, credentials = part.strip().partition(" ")
        if scheme.lower() == "bearer":
            found.append(credentials.strip())
        elif scheme.lower() == "basic":
            found.append(user_name(credentials.strip()))
    return found


def user_name(credentials: str) -> str:
    """The user name of Basic credentials."""
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def is_same(key: str, expected: str) -> bool:
    """Compare two keys in constant time."""
    return hmac.compare_digest(key.encode(), expected.encode())


def masked(key: str) -> str:
    """A key with only its prefix and its last four characters."""
    visible = key[:8] if key.startswith(("sk_test_", "pk_test_")) else ""
    return f"{visible}{'*' * max(0, len(key) - len(visible) - 4)}{key[-4:]}"
