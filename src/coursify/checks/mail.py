"""Mail: a test email, when somebody receives it."""

from __future__ import annotations

import secrets

from coursify.checks.models import Finding, Installation, failure, ok, warning
from coursify.core.mailer import Email, MailRefused, MailUnavailable, MailUncertain
from coursify.resources import make_mailer

CHECK = "mail"


async def check_mail(installation: Installation) -> list[Finding]:
    settings = installation.settings.mail
    name = "SendGrid" if settings.sendgrid_api_key else "the SMTP server"
    if installation.mail_to is None:
        return [warning(CHECK, f"No email was sent through {name}.", "Pass --mail with an address of yours.")]
    mailer = make_mailer(settings)
    try:
        await mailer.send(_compose(installation.mail_to, installation.settings.app.school_name))
    except (MailUnavailable, MailUncertain, MailRefused) as error:
        setting = "SENDGRID_API_KEY" if settings.sendgrid_api_key else "SMTP_URL"
        fix = f"Check {setting}, and that MAIL_FROM is a sender that {name} knows."
        return [failure(CHECK, f"The test email was not sent: {error}.", fix)]
    finally:
        await mailer.close()
    return [ok(CHECK, f"{name[0].upper()}{name[1:]} accepted a test email to {installation.mail_to}.")]


def _compose(address: str, school: str) -> Email:
    sentence = f"This is a test email of {school}: mail is set up."
    return Email(
        to=address,
        to_name="",
        subject=f"Test email of {school}",
        text=sentence + "\n",
        html=f"<p>{sentence.replace('&', '&amp;').replace('<', '&lt;')}</p>",
        key=f"check:{secrets.token_hex(8)}",
    )
