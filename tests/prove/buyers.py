"""Clients that retry: people who sign up, buy and confirm at a fleet while parts of it break."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
from tests.prove.fleet import Fleet
from tests.support.classroom import PREFIX
from tests.support.shop import new_key

Json = dict[str, Any]
PATIENCE = 150.0
PASSWORD = "correct-horse-battery!"
NOT_YET = {"request_in_progress", "payment_in_progress", "payment_provider_unavailable", "unavailable"}


@dataclass(frozen=True)
class Buyer:
    user_id: str
    email: str
    token: str


@dataclass(frozen=True)
class Market:
    """A fleet, a client of both its replicas, and the courses on sale."""

    fleet: Fleet
    client: httpx.AsyncClient
    courses: list[str]

    async def send_with_retries(self, method: str, path: str, *, replica: int = 1, **request: Any) -> httpx.Response:
        """Sends the same request with the same key until the response is final."""
        deadline = time.monotonic() + PATIENCE
        tries = replica
        while True:
            url = path if path.startswith("http") else self.fleet.url(tries) + PREFIX + path
            try:
                answer = await self.client.request(method, url, **request)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in {408, 429} and answer.status_code < 500:
                error = answer.json().get("error") if answer.status_code >= 400 else None
                if not error or error.get("code") not in NOT_YET:
                    return answer
            assert time.monotonic() < deadline, f"{method} {path}: {answer and answer.text}"
            tries += 1
            await asyncio.sleep(0.3)

    async def sign_up(self, number: int) -> Buyer:
        email = f"buyer{number}-{new_key()[:8]}@example.com"
        body = {"name": f"Buyer {number}", "email": email, "password": PASSWORD}
        answer = await self.send_with_retries("POST", "/users/register", replica=number, json=body)
        if answer.status_code == 409:
            # The response to the first try was lost, and the account exists.
            answer = await self.send_with_retries("POST", "/users/login", json={"email": email, "password": PASSWORD})
        session = answer.json()["data"]
        return Buyer(session["user"]["id"], email, session["accessToken"])

    async def start(self, buyer: Buyer, courses: Sequence[str], *, replica: int = 1) -> httpx.Response:
        headers = {"Authorization": f"Bearer {buyer.token}", "Idempotency-Key": new_key()}
        body = {"courseIds": list(courses)}
        return await self.send_with_retries("POST", "/payments", replica=replica, json=body, headers=headers)

    async def try_once(self, buyer: Buyer, courses: Sequence[str], *, replica: int = 1) -> httpx.Response | None:
        """One request without retries; None when the connection broke."""
        headers = {"Authorization": f"Bearer {buyer.token}", "Idempotency-Key": new_key()}
        try:
            return await self.client.post(
                self.fleet.url(replica) + PREFIX + "/payments", json={"courseIds": list(courses)}, headers=headers
            )
        except httpx.TransportError:
            return None

    async def confirm(self, checkout: Json) -> httpx.Response:
        standin = self.fleet.standin
        return await self.send_with_retries(
            "POST",
            f"{standin.url}/v1/payment_intents/{checkout['payment']['transactionId']}/confirm",
            data={
                "key": standin.publishable_key,
                "client_secret": checkout["clientSecret"],
                "payment_method": "pm_card_visa",
                "return_url": "https://school.example.com/thanks",
            },
        )


async def open_market(fleet: Fleet, client: httpx.AsyncClient, *, courses: int, price: int = 4900) -> Market:
    """Creates courses on sale through the API."""
    market = Market(fleet, client, [])
    people = []
    for role in ("instructor", "student"):
        body = {"name": role.title(), "email": f"{role}@example.com", "password": PASSWORD, "role": role}
        people.append((await market.send_with_retries("POST", "/users/register", json=body)).json()["data"])
    teacher, admin = people
    with psycopg.connect(fleet.owner_url, autocommit=True) as db:
        db.execute("UPDATE users SET role = 'admin' WHERE id = %s", [admin["user"]["id"]])
    as_teacher = {"headers": {"Authorization": f"Bearer {teacher['accessToken']}"}}
    as_admin = {"headers": {"Authorization": f"Bearer {admin['accessToken']}"}}
    for number in range(courses):
        body = {"title": f"Course {number}", "description": "<p>Words</p>", "price": price, "category": "development"}
        course = (await market.send_with_retries("POST", "/courses", json=body, **as_teacher)).json()["data"]
        lesson = {"title": "A lesson", "content": "<p>Read this</p>"}
        await market.send_with_retries("POST", f"/courses/{course['id']}/lessons", json=lesson, **as_teacher)
        await market.send_with_retries("POST", f"/courses/{course['id']}/submit", **as_teacher)
        approved = await market.send_with_retries("POST", f"/admin/courses/{course['id']}/approve", **as_admin)
        assert approved.status_code == 200, approved.text
        market.courses.append(course["id"])
    return market


async def eventually(ask: Callable[[], Awaitable[object]], *, within: float, every: float = 0.5) -> float:
    """Waits until `ask` returns nothing; returns the seconds that it took."""
    started = time.monotonic()
    while left := await ask():
        assert time.monotonic() - started < within, f"after {within} s there is still: {left}"
        await asyncio.sleep(every)
    return time.monotonic() - started
