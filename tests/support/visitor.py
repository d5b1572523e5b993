"""A person at the pages, as a browser without JavaScript: cookies, forms, redirects."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx
from tests.support.classroom import Person

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Visitor:
    """One browser. `get` and `send` follow no redirect."""

    client: httpx.AsyncClient
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self._call("GET", path, headers=headers)

    async def send(self, path: str, token: str | None = None, /, headers: Any = None, **fields: Any) -> httpx.Response:
        """Send a form with the token of the page that was read last, unless another is given."""
        data = {"csrf": self.token if token is None else token} | fields
        return await self._call("POST", path, data=data, headers=headers or {})

    async def sign_in(self, person: Person, **changes: Any) -> httpx.Response:
        role, number = person.name.lower().split(" number")
        await self.get("/account/sign-in")
        form = {"email": f"{role}{number}@example.com", "password": f"a-long-one-{number}!"} | changes
        return await self.send("/account/sign-in", **form)

    async def signed_in(self, person: Person) -> Visitor:
        answer = await self.sign_in(person)
        assert answer.status_code == 303, answer.text
        await self.get("/account")
        return self

    async def read(self, path: str) -> str:
        """The text of a page that answers 200, with its markup."""
        answer = await self.get(path)
        assert answer.status_code == 200, (answer.status_code, answer.headers.get("location"), answer.text)
        return answer.text

    async def _call(self, method: str, path: str, headers: dict[str, str], **body: Any) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self.client.request(method, path, headers={"Cookie": cookie} | headers, **body)
        self.client.cookies.clear()
        for line in answer.headers.get_list("set-cookie"):
            name, value = line.split(";")[0].split("=", 1)
            if "max-age=0" in line.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value.strip('"')
        if found := TOKEN.search(answer.text):
            self.token = unescape(found[1])
        return answer


def text_of(markup: str) -> str:
    """What a reader sees, without tags, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(title|style|script)\b.*?</\1>", " ", markup))).split())
