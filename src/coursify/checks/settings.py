"""Settings that are valid, and still not what an installation for customers has."""

from __future__ import annotations

from coursify.checks.models import Finding, Installation, failure, ok, warning

CHECK = "settings"


async def check_settings(installation: Installation) -> list[Finding]:
    """That they are complete and well formed was checked when they were read."""
    settings = installation.settings
    found = []
    if settings.app.environment == "production":
        if not settings.app.public_url.startswith("https://"):
            found.append(
                failure(
                    CHECK,
                    "PUBLIC_URL begins with http://: passwords and cookies would be sent in clear.",
                    "Put a proxy with a certificate in front, and write https://.",
                )
            )
        if not settings.stripe.is_live:
            found.append(
                warning(
                    CHECK,
                    "The keys of Stripe are of its test mode: no money is moved.",
                    "Set the live keys and the live endpoint's secret before you sell.",
                )
            )
        if "example.com" in settings.mail.mail_from:
            found.append(
                failure(
                    CHECK,
                    "MAIL_FROM is an address of example.com.",
                    "Set it to an address of your domain that your mail provider may send from.",
                )
            )
    return found or [ok(CHECK, "Every setting is complete and well formed.")]
