"""How the values of settings are written in the environment, and how they are checked."""

from __future__ import annotations

import base64
import ipaddress
import re
from pathlib import Path
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from coursify.core.currencies import CURRENCIES
from coursify.core.setting_urls import is_base_url

_MAKE_KEY = "`openssl rand -base64 32`"
_MAKE_RING = '`echo "$(date +%Y%m%d):$(openssl rand -base64 32)"`'


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _keyring(value: object) -> object:
    """`kid:base64[,kid:base64…]` → ((kid, 32 bytes), …); the first key signs and seals."""
    if not isinstance(value, str):
        return value
    ring = []
    for part in value.split(","):
        kid, _, encoded = part.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not kid or len(key) != 32:
            raise ValueError(f"expected id:base64 of 32 bytes, by commas; make one with {_MAKE_RING}")
        ring.append((kid, key))
    if len({kid for kid, _key in ring}) < len(ring):
        raise ValueError("two keys have the same id: give each an id of its own")
    return tuple(ring)


def _secret(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        key = base64.b64decode(value, validate=True)
    except ValueError:
        key = b""
    if len(key) < 32:
        raise ValueError(f"expected base64 of 32 random bytes or more; make it with {_MAKE_KEY}")
    return key


# Development servers of front ends run on this machine, each on a port of its own.
ANY_PORT = frozenset({"http://localhost:*", "http://127.0.0.1:*"})


def are_origins(value: tuple[str, ...]) -> tuple[str, ...]:
    """Origins without paths. Only this machine may have any port: `http://localhost:*`, `http://127.0.0.1:*`."""
    if not all(origin in ANY_PORT or re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", origin) for origin in value):
        raise ValueError("expected origins such as https://school.example.com, separated by commas")
    return value


def is_email(address: str) -> str:
    """One address without a name."""
    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise ValueError("expected an email address such as help@school.example.com") from error


def are_hosts(value: tuple[str, ...]) -> tuple[str, ...]:
    """Host names in lower case, without scheme, port and wildcards."""
    if not all(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host) for host in value):
        raise ValueError("expected host names such as vimeo.com, separated by commas")
    return value


def is_absolute(folder: Path) -> Path:
    """A relative path would depend on where each process was started."""
    if not folder.is_absolute():
        raise ValueError(f"expected an absolute path such as /var/lib/coursify/media, not {str(folder)!r}")
    return folder


def is_cloudinary_url(url: SecretStr) -> SecretStr:
    if not re.fullmatch(r"cloudinary://[A-Za-z0-9_]+:[A-Za-z0-9_-]+@[A-Za-z0-9_-]+", url.get_secret_value()):
        raise ValueError("expected cloudinary://<API key>:<API secret>@<cloud name>")
    return url


def is_listen_address(value: str) -> str:
    found = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})", value)
    if found is None or not 0 < int(found[2]) < 65_536:
        raise ValueError(f"expected host:port such as 127.0.0.1:9102, not {value!r}")
    return value


def is_contact(value: str) -> str:
    """One of RFC 9116's forms: an address of email, a page or a telephone number, as a URI."""
    if not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+?[0-9-]+)", value):
        raise ValueError("expected mailto:security@example.com, or https:// with the address of a page")
    return value


def are_networks(value: tuple[str, ...]) -> tuple[str, ...]:
    for hop in value:
        try:
            ipaddress.ip_network(hop, strict=False)
        except ValueError as error:
            raise ValueError(f"expected addresses or networks such as 10.0.0.0/8, not {hop!r}") from error
    return value


def _amounts(value: object) -> object:
    """`usd:50000,eur:45000` → (("usd", 50000), ("eur", 45000)): minor units, each currency once."""
    if not isinstance(value, str):
        return value
    amounts: dict[str, int] = {}
    for part in value.split(","):
        found = re.fullmatch(r"([a-z]{3}):([0-9]{1,15})", part.strip())
        if found is None:
            raise ValueError(f"expected currency:minor units, such as usd:50000,eur:45000, not {part.strip()!r}")
        currency, minor = found.groups()
        if currency not in CURRENCIES:
            raise ValueError(f"{currency!r} is not a currency that can be charged")
        if currency in amounts:
            raise ValueError(f"{currency!r} is given twice")
        amounts[currency] = int(minor)
    return tuple(amounts.items())


def _retention(value: object) -> object:
    """`daily:7,weekly:4,monthly:6` → (("daily", 7), …): the newest backup of each of so many days, weeks and months."""
    if not isinstance(value, str):
        return value
    found = [re.fullmatch(r"(daily|weekly|monthly):([0-9]{1,4})", part.strip()) for part in value.split(",")]
    if not all(found) or len({match[1] for match in found if match}) != len(found):
        raise ValueError("expected how many to keep, such as daily:7,weekly:4,monthly:6, each at most once")
    return tuple((match[1], int(match[2])) for match in found if match)


def is_known_currency(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError(f"{code!r} is not a currency that can be charged; expected a code such as usd, in lower case")
    return code


def _is_stripe_secret_key(key: SecretStr) -> SecretStr:
    said = key.get_secret_value()
    if said.startswith("pk_"):
        raise ValueError("this is the publishable key; the secret key begins with sk_ or rk_")
    if not re.fullmatch(r"(sk|rk)_(test|live)_[A-Za-z0-9_]+", said):
        raise ValueError("expected a key such as sk_test_… or rk_live_… (Stripe: Developers, API keys)")
    return key


def _is_publishable_key(key: str) -> str:
    if key.startswith(("sk_", "rk_")):
        raise ValueError("this is a secret key and would be published; the publishable key begins with pk_")
    if not re.fullmatch(r"pk_(test|live)_[A-Za-z0-9_]+", key):
        raise ValueError("expected a key such as pk_test_… (Stripe: Developers, API keys)")
    return key


def _is_webhook_secret(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"whsec_[A-Za-z0-9+/=_-]{8,}", secret.get_secret_value()):
        raise ValueError("expected the signing secret of the webhook endpoint, whsec_… (Stripe: Developers, Webhooks)")
    return secret


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
Amounts = Annotated[tuple[tuple[str, int], ...], NoDecode, BeforeValidator(_amounts)]
Retention = Annotated[tuple[tuple[str, int], ...], NoDecode, BeforeValidator(_retention)]
Keyring = Annotated[tuple[tuple[str, bytes], ...], NoDecode, BeforeValidator(_keyring)]
ServerKey = Annotated[bytes, BeforeValidator(_secret)]
BaseUrl = Annotated[str, AfterValidator(is_base_url)]
StripeSecretKey = Annotated[SecretStr, AfterValidator(_is_stripe_secret_key)]
PublishableKey = Annotated[str, AfterValidator(_is_publishable_key)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_is_webhook_secret)]
