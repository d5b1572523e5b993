"""People with a credential and courses in every state, created through the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, Literal
from uuid import UUID

import httpx
from fastapi import FastAPI

from coursify.core.database import Connection

PREFIX = "/api/v1"
_numbers = count(1)
TABLES = (
    "courses",
    "lessons",
    "sections",
    "course_views",
    "categories",
    "reviews",
    "enrollments",
    "access_grants",
    "audit_log",
)
Json = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """A signed-in person; `call` sends a request with their credential."""

    id: UUID
    name: str
    token: str
    client: httpx.AsyncClient

    async def call(self, method: str, path: str, json: Any = None, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        body = {} if json is None else {"json": json}
        return await self.client.request(method, PREFIX + path, headers=headers, **body, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.call("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.call("POST", path, json, **options)

    async def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return await self.call("PUT", path, json, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.call("DELETE", path, **options)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error response; checks its form."""
    body = answer.json()
    assert body.keys() == {"success", "data", "message", "error"}
    assert body["success"] is False
    return answer.status_code, body["error"]["code"]


@dataclass(frozen=True)
class Classroom:
    """Makes people and courses for one test."""

    app: FastAPI
    client: httpx.AsyncClient
    db: Connection

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """The response to an anonymous request."""
        return await self.client.get(PREFIX + path, **options)

    async def person(self, role: Literal["student", "instructor", "admin"]) -> Person:
        number = next(_numbers)
        name = f"{role.capitalize()} Number{number}"
        answer = await self.client.post(
            PREFIX + "/users/register",
            json={
                "name": name,
                "email": f"{role}{number}@example.com",
                "password": f"a-long-one-{number}!",
                "role": "student" if role == "admin" else role,
            },
        )
        assert answer.status_code == 201, answer.text
        session = answer.json()["data"]
        if role == "admin":
            await self.db.execute("UPDATE users SET role = 'admin' WHERE id = %s", [session["user"]["id"]])
        return Person(UUID(session["user"]["id"]), name, session["accessToken"], self.client)

    async def sign_in(self, person: Person) -> Person:
        """The same person with another sign-in."""
        role, number = person.name.lower().split(" number")
        answer = await self.client.post(
            PREFIX + "/users/login", json={"email": f"{role}{number}@example.com", "password": f"a-long-one-{number}!"}
        )
        assert answer.status_code == 200, answer.text
        return replace(person, token=answer.json()["data"]["accessToken"])

    async def draft(self, owner: Person, **fields: Any) -> Json:
        """A draft without lessons."""
        body = {"title": "Rust in practice", "description": "<p>Words</p>", "price": 4900, "category": "development"}
        answer = await owner.post("/courses", body | fields)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["data"])

    async def lesson(self, owner: Person, course: Json, **fields: Any) -> Json:
        body = {"title": "A lesson", "content": "<p>Read this</p>", "durationSeconds": 60}
        answer = await owner.post(f"/courses/{course['id']}/lessons", body | fields)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["data"])

    async def curriculum(self, owner: Person, course: Json, *sections: tuple[str, list[str]]) -> Json:
        """Sections and lessons of the course after these sections, each a title and ids of lessons, are its own."""
        body = {"sections": [{"title": title, "lessonIds": lesson_ids} for title, lesson_ids in sections]}
        answer = await owner.put(f"/courses/{course['id']}/curriculum", body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    async def pending(self, owner: Person, **fields: Any) -> Json:
        """A course with one lesson that waits for approval."""
        course = await self.draft(owner, **fields)
        await self.lesson(owner, course)
        answer = await owner.post(f"/courses/{course['id']}/submit")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    async def published(self, owner: Person, **fields: Any) -> Json:
        """A course on sale with one lesson."""
        course = await self.pending(owner, **fields)
        answer = await (await self.person("admin")).post(f"/admin/courses/{course['id']}/approve")
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    async def enroll(self, person: Person, course: Json) -> None:
        """An enrollment with one valid grant, an admin's gift."""
        await self.db.execute(
            """
            WITH enrolled AS (
                INSERT INTO enrollments (user_id, course_id, enrolled_at) VALUES (%s, %s, now()) RETURNING id
            )
            INSERT INTO access_grants (enrollment_id, source_type, source_id, granted_at)
            SELECT id, 'admin', uuidv7(), now() FROM enrolled
            """,
            [person.id, course["id"]],
        )

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        cursor = await self.db.execute(sql, values)
        return await cursor.fetchall()

    @asynccontextmanager
    async def unchanged(self) -> AsyncIterator[None]:
        """∅: the tables of courses and reviews have the same rows after as before."""
        before = await self._contents()
        yield
        assert await self._contents() == before

    async def _contents(self) -> list[list[tuple[Any, ...]]]:
        return [await self.rows(f"SELECT * FROM {table} ORDER BY 1, 2") for table in TABLES if table != "audit_log"] + [
            # A refused attempt is audited.
            await self.rows("SELECT * FROM audit_log WHERE action <> 'admin.denied' ORDER BY 1")
        ]
