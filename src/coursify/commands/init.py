"""`coursify init`: a filled `.env` with fresh keys."""

from __future__ import annotations

import base64
import os
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from coursify.core.environment import ConfigurationError

_TEMPLATE = """\
# Written by `coursify init`. Every setting is described in .env.example of the source tree. Keep this file secret, and
# keep a copy of the keys apart from the backups: what they seal cannot be opened without them.
PUBLIC_URL={public_url}
DATABASE_URL=postgresql://coursify_app:{app_password}@127.0.0.1:5432/coursify
DATABASE_OWNER_URL=postgresql://coursify:{owner_password}@127.0.0.1:5432/coursify
REDIS_URL=redis://127.0.0.1:6379/0

SERVER_KEY={server_key}
JWT_KEYS={kid}:{jwt_key}
ENCRYPTION_KEYS={kid}:{encryption_key}
BADGE_KEYS={kid}:{badge_key}

# From Stripe's dashboard: Developers, API keys; and Webhooks, for an endpoint at {public_url}/api/v1/payments/webhook
STRIPE_SECRET_KEY=
STRIPE_PUBLISHABLE_KEY=
STRIPE_WEBHOOK_SECRET=

# SendGrid's key, or an SMTP server: smtp://user:password@host:587
SENDGRID_API_KEY=
SMTP_URL=
MAIL_FROM=Coursify <no-reply@{host}>

MEDIA_FOLDER=/var/lib/coursify/media
"""


def init(*, file: Path = Path(".env"), public_url: str = "https://api.example.com", force: bool = False) -> None:
    """Write FILE with new keys and passwords, readable by its owner alone.

    Parameters
    ----------
    file
        Where to write.
    public_url
        Where people and providers will reach the API.
    force
        Overwrite FILE. What the old keys sealed cannot be opened then.
    """
    text = _TEMPLATE.format(
        public_url=public_url,
        host=public_url.partition("://")[2].partition(":")[0].removeprefix("api."),
        app_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        kid=f"{datetime.now(UTC):%Y%m%d}",
        **{name: _new_key() for name in ("server_key", "jwt_key", "encryption_key", "badge_key")},
    )
    _write(file, text, force=force)
    sys.stdout.write(
        f"{file} written, with new keys. Fill in Stripe and mail, correct the addresses, "
        "create the roles with the passwords of the two database URLs, then run `coursify migrate`.\n"
    )


def _write(file: Path, text: str, *, force: bool) -> None:
    """A new file replaces an old one at once, so that no half file remains. Raises ConfigurationError."""
    temporary = file.with_name(f"{file.name}.{secrets.token_hex(4)}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        if force:
            temporary.replace(file)
        else:
            # A link fails when the name exists, also when another program made it just now.
            os.link(temporary, file)
            temporary.unlink()
    except FileExistsError as error:
        temporary.unlink(missing_ok=True)
        raise ConfigurationError(f"{file} exists: its keys may be in use. Move it away, or pass --force.") from error
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}.") from error


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
