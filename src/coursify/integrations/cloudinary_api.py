"""Calls of Cloudinary's Upload API and Admin API, without what they mean."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from coursify.integrations.cloudinary_resources import Kind
from coursify.integrations.cloudinary_signing import Account
from coursify.modules.media.store import ContentRefused, StoreUnavailable

CALL_SECONDS = 60
_PAUSES = (0.2, 0.8)


class _Fleeting(StoreUnavailable):
    """It may succeed a moment later."""


class CloudinaryApi:
    """A form has its signature; the Admin API takes the key and the secret of the account."""

    def __init__(self, account: Account, base: str, client: httpx.AsyncClient, *, seconds: float) -> None:
        self._base = f"{base}/v1_1/{account.cloud}"
        self._key = (account.api_key, account.api_secret)
        self._client = client
        self._seconds = seconds

    def upload_url(self, kind: Kind) -> str:
        return f"{self._base}/{kind}/upload"

    async def upload(
        self, kind: Kind, form: dict[str, str], content: bytes, *, headers: dict[str, str]
    ) -> dict[str, Any]:
        """The resource as it was stored. Raises ContentRefused and StoreUnavailable."""
        sent = {"data": form, "files": {"file": ("file", content)}, "headers": headers, "auth": None}
        answer = await self._try("POST", self.upload_url(kind), sent)
        try:
            return _object(answer)
        except StoreUnavailable as error:
            if answer.status_code == 400:
                raise ContentRefused(error.reason) from error
            raise

    async def ask(self, method: str, path: str, query: dict[str, str]) -> dict[str, Any]:
        """An answer of the Admin API. Raises StoreUnavailable."""
        return _object(await self._try(method, f"{self._base}/{path}", {"params": query, "auth": self._key}))

    async def has(self, kind: Kind, delivery_type: str, public_id: str) -> bool:
        """Whether the resource is there. Raises StoreUnavailable."""
        url = f"{self._base}/resources/{kind}/{delivery_type}/{public_id}"
        answer = await self._try("GET", url, {"auth": self._key})
        return answer.status_code != 404 and _object(answer).get("public_id") == public_id

    async def _try(self, method: str, url: str, sent: dict[str, Any]) -> httpx.Response:
        """Each call may run twice, so one that failed is made again."""
        for pause in _PAUSES:
            try:
                return await self._once(method, url, sent)
            except _Fleeting:
                await asyncio.sleep(pause)
        return await self._once(method, url, sent)

    async def _once(self, method: str, url: str, sent: dict[str, Any]) -> httpx.Response:
        with named_failures():
            answer = await self._client.request(method, url, timeout=self._seconds, **sent)
        if answer.status_code >= 500:
            raise _Fleeting(f"Cloudinary answered {answer.status_code}")
        return answer


@contextmanager
def named_failures() -> Iterator[None]:
    """Raises StoreUnavailable when Cloudinary cannot be reached, or stops in the middle of an answer."""
    try:
        yield
    except httpx.HTTPError as error:
        raise _Fleeting(f"Cloudinary does not answer: {type(error).__name__}") from error


def _object(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise StoreUnavailable(f"Cloudinary answered {answer.status_code} without JSON")
    if answer.is_success:
        return found
    error = found.get("error")
    message = str(error.get("message", ""))[:300] if isinstance(error, dict) else ""
    raise StoreUnavailable(f"Cloudinary answered {answer.status_code} {message}".strip())
