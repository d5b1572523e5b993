"""People for tests of accounts and sign-ins: they sign up through the API and keep their tokens."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from tests.support.mailbox import Mailbox

from coursify.core.database import Connection
from coursify.worker import RunJobs

PASSWORD = "correct-horse-42"
API = "/api/v1"
_numbers = itertools.count(1)


@dataclass
class Person:
    """A person with an account and, after signing in, a session."""

    client: httpx.AsyncClient
    email: str
    password: str = PASSWORD
    session: dict[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.session["user"]["id"])

    @property
    def access_token(self) -> str:
        return str(self.session["accessToken"])

    @property
    def refresh_token(self) -> str:
        return str(self.session["refreshToken"])

    async def call(
        self, method: str, path: str, body: Any = None, *, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        credential = {"Authorization": f"Bearer {self.access_token}"}
        sent = {"json": body} if body is not None else {}
        return await self.client.request(method, f"{API}{path}", headers=credential | (headers or {}), **sent)

    async def login(self, **changes: Any) -> httpx.Response:
        """Signs in again; `self` keeps the first session."""
        body = {"email": self.email, "password": self.password}
        headers = changes.pop("headers", {})
        return await self.client.post(f"{API}/users/login", json=body | changes, headers=headers)

    async def signed_in_again(self) -> Person:
        """The same person on another device."""
        answer = await self.login()
        assert answer.status_code == 200, answer.text
        return Person(self.client, self.email, self.password, answer.json()["data"])

    async def refresh(self, token: str | None = None) -> httpx.Response:
        return await self.client.post(f"{API}/users/refresh-token", json={"refreshToken": token or self.refresh_token})

    async def refresh_once(self) -> httpx.Response:
        """Refresh, and keep the new pair as a client does."""
        answer = await self.refresh()
        if answer.status_code == 200:
            self.session |= answer.json()["data"]
        return answer

    async def is_signed_in(self) -> bool:
        return (await self.call("GET", "/users/me")).status_code == 200


@dataclass
class People:
    """Creates people; `db` reads also what no operation returns."""

    client: httpx.AsyncClient
    db: Connection
    mailbox: Mailbox
    run_jobs: RunJobs

    async def sign_up(
        self, role: str = "student", *, client: httpx.AsyncClient | None = None, **changes: Any
    ) -> Person:
        """A new person; the role admin is set in the database before the session is first used."""
        client = client or self.client
        body = {"name": "Some Body", "email": f"person{next(_numbers)}@example.com", "password": PASSWORD} | changes
        if role == "instructor":
            body["role"] = role
        answer = await client.post(f"{API}/users/register", json=body)
        assert answer.status_code == 201, answer.text
        person = Person(client, body["email"], body["password"], answer.json()["data"])
        if role == "admin":
            await self.db.execute("UPDATE users SET role = 'admin' WHERE id = %s", [person.id])
        return person

    async def emails(self, to: str, *, kind: str = "") -> list[dict[str, Any]]:
        """The emails that are sent after every job has run."""
        await self.run_jobs()
        prefix = f"{kind}:" if kind else ""
        return [email for email in self.mailbox.messages(to) if email["messageKey"].startswith(prefix)]

    async def token_from(self, to: str, *, kind: str) -> str:
        """The token in the newest email of this kind."""
        email = (await self.emails(to, kind=kind))[-1]
        link: str = next(word for word in email["text"].split() if "?token=" in word)
        return parse_qs(urlsplit(link).query)["token"][0]

    async def value(self, sql: str, *parameters: Any) -> Any:
        row = await (await self.db.execute(sql, parameters)).fetchone()
        return row[0] if row else None
