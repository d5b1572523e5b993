"""Email through SendGrid's v3 `mail/send` (https://www.twilio.com/docs/sendgrid/api-reference/mail-send)."""

from __future__ import annotations

from email.utils import parseaddr

import httpx

from coursify.core.mailer import Email, MailRefused, MailUnavailable, MailUncertain, wire_address

TIMEOUT_SECONDS = 8.0


class SendGrid:
    """A Mailer. Every email has our key in the header `X-Message-Key`."""

    def __init__(self, *, api_key: str, api_base: str, sender: str) -> None:
        self._name, self._address = parseaddr(sender)
        self._client = httpx.AsyncClient(
            base_url=api_base, headers={"Authorization": f"Bearer {api_key}"}, timeout=TIMEOUT_SECONDS
        )

    async def send(self, email: Email) -> str:
        """202 is accepted; 401, 403, 429 and 5xx are unavailable; another 4xx is rejected; no answer is uncertain."""
        try:
            response = await self._client.post("/v3/mail/send", json=self._message(email))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise MailUnavailable("SendGrid could not be reached") from error
        except httpx.HTTPError as error:
            raise MailUncertain("SendGrid did not answer") from error
        if response.status_code == httpx.codes.ACCEPTED:
            return str(response.headers.get("X-Message-Id", ""))
        if response.status_code in {401, 403, 429} or response.status_code >= 500:
            raise MailUnavailable(f"SendGrid answered {response.status_code}")
        raise MailRefused(f"SendGrid answered {response.status_code}")

    async def erase_recipient(self, address: str) -> None:
        """202 is accepted. 403 is a rejection here: the API key has no permission to erase recipients.

        https://www.twilio.com/docs/sendgrid/api-reference/recipients-data-erasure-api/erase-recipients-email-data
        """
        try:
            response = await self._client.post(
                "/v3/recipients/erasejob", json={"email_addresses": [wire_address(address)]}
            )
        except httpx.HTTPError as error:
            raise MailUnavailable("SendGrid could not be reached") from error
        if response.is_success:
            return
        if response.status_code in {401, 429} or response.status_code >= 500:
            raise MailUnavailable(f"SendGrid answered {response.status_code}")
        raise MailRefused(f"SendGrid answered {response.status_code}")

    def _message(self, email: Email) -> dict[str, object]:
        return {
            "personalizations": [{"to": [{"email": wire_address(email.to), "name": _quoted(email.to_name)}]}],
            "from": {"email": self._address, "name": _quoted(self._name)},
            "subject": email.subject,
            "content": [
                {"type": "text/plain", "value": email.text},
                {"type": "text/html", "value": email.html},
            ],
            "headers": {"X-Message-Key": email.key} | email.unsubscribe_headers,
            "custom_args": {"message_key": email.key},
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": False},
                # It would replace our List-Unsubscribe.
                "subscription_tracking": {"enable": False},
            },
        }

    async def close(self) -> None:
        await self._client.aclose()


def _quoted(name: str) -> str:
    """SendGrid splits a name at commas and semicolons, and drops the email, unless it is a quoted string (RFC 5322)."""
    if not any(mark in name for mark in ',;<>@"\\'):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
