"""Whether the API answers under its public address, as a provider would reach it."""

from __future__ import annotations

import httpx

TIMEOUT_SECONDS = 8.0


async def find_obstacle(url: str) -> str | None:
    """POST without a signature to our webhook: our own refusal is the right answer. None: there is no obstacle."""
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
            answer = await client.post(url, content=b"{}", headers={"Content-Type": "application/json"})
    except httpx.HTTPError as error:
        cause = error.__cause__ or error
        return "its certificate is not valid" if "CERTIFICATE" in str(cause).upper() else "nothing answers there"
    try:
        code = answer.json()["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return f"another program answers there, with {answer.status_code}"
    return None if code == "signature_invalid" else f"it answers {answer.status_code} {code}"
