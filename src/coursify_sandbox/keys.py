"""The keys and passwords of a sandbox: random, created once, stored in a file that only its owner can read."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from coursify_sandbox.data_folder import write_private_file
from coursify_sandbox.errors import SandboxError

ACCOUNTS = {
    "admin": "admin@example.com",
    "instructor": "instructor@example.com",
    "student": "student@example.com",
}


@dataclass(frozen=True)
class Keys:
    database_owner_password: str
    database_app_password: str
    redis_password: str
    stripe_secret_key: str
    stripe_publishable_key: str
    stripe_webhook_secret: str
    sendgrid_api_key: str
    server_key: str
    encryption_keys: str
    jwt_keys: str
    account_passwords: dict[str, str]

    def accounts(self) -> list[dict[str, str]]:
        """One account per role, as run.json and the seed represent it."""
        return [
            {"role": role, "email": email, "password": self.account_passwords[role]} for role, email in ACCOUNTS.items()
        ]


def load_keys(path: Path) -> Keys:
    """The keys of this sandbox; the first call creates them."""
    if not path.exists():
        keys = _generate_keys()
        write_private_file(path, json.dumps(asdict(keys), indent=2) + "\n")
        return keys
    try:
        known = {field.name for field in fields(Keys)}
        stored = json.loads(path.read_text())
        return Keys(**{name: value for name, value in stored.items() if name in known})
    except (ValueError, TypeError, AttributeError, OSError) as error:
        raise SandboxError(
            f"The keys in {path} cannot be read: restore the file, or delete the data with `make reset`."
        ) from error


def _generate_keys() -> Keys:
    return Keys(
        database_owner_password=secrets.token_urlsafe(24),
        database_app_password=secrets.token_urlsafe(24),
        redis_password=secrets.token_urlsafe(24),
        stripe_secret_key=f"sk_test_{secrets.token_hex(24)}",
        stripe_publishable_key=f"pk_test_{secrets.token_hex(24)}",
        stripe_webhook_secret=f"whsec_{secrets.token_hex(24)}",
        sendgrid_api_key=f"SG.{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(32)}",
        server_key=_random_32_bytes(),
        encryption_keys=f"sandbox-1:{_random_32_bytes()}",
        jwt_keys=f"sandbox-1:{_random_32_bytes()}",
        # The password policy requires a special character: the dash.
        account_passwords={role: f"{secrets.token_urlsafe(6)}-{secrets.token_urlsafe(6)}" for role in ACCOUNTS},
    )


def _random_32_bytes() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
