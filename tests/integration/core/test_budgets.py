"""What hot operations cost in what does not vary with the machine: statements, bytes and Python calls for a request.

`budgets.json` is reviewed. Statements and commits must be as many as it says; bytes and calls may rise by 3 %. When a
change makes an operation dearer or cheaper for a good reason, `COURSIFY_WRITE_BUDGETS=1` writes the file anew.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from tests.support.classroom import PREFIX, Classroom, Json, Person
from tests.support.shop import Shop, new_key

from coursify import app as application
from coursify.core import database
from coursify.core.counted import STATEMENTS
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio

FILE = Path(__file__).with_name("budgets.json")
SLACK = 1.03
WARM_UP, RUNS = 3, 12
PYTHON = "{}.{}".format(*sys.version_info)


@dataclass
class Cost:
    """`calls`: Python functions called in the thread of the loop, in the cheapest of several runs.

    `statements` are round trips to PostgreSQL, so BEGIN and COMMIT are among them; `commits` are counted apart as
    well. A statement without a transaction around it commits itself, and is not one of them.
    """

    statements: int
    commits: int
    bytes: int
    calls: int


@dataclass(frozen=True)
class Question:
    """One request."""

    path: str
    token: str | None = None
    method: str = "GET"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


async def test_hot_operations_stay_within_their_budgets(
    classroom: Classroom, shop: Shop, app: FastAPI, settings: Settings
) -> None:
    ada, bob = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(ada)
    path = f"/courses/{course['id']}"
    wrapped = application.wrap(app, settings)
    asked = {
        "list_courses, cached": lambda: Question("/courses"),
        "list_courses": lambda: Question("/courses", bob.token),
        "get_course, cached": lambda: Question(path),
        "get_course": lambda: Question(path, bob.token),
        "get_me": lambda: Question("/users/me", bob.token),
    }
    found = {name: await _measure(wrapped, question) for name, question in asked.items()}
    found["start_payment"] = await _measure(wrapped, await _purchases(classroom, shop, bob))
    found["receive_stripe_event"] = await _measure(wrapped, await _events(shop))
    found["update_progress"] = await _measure(wrapped, await _progress(classroom, bob, course))
    if os.environ.get("COURSIFY_WRITE_BUDGETS"):
        costs = {name: asdict(cost) for name, cost in found.items()}
        FILE.write_text(json.dumps({"python": PYTHON, "costs": costs}, indent=2) + "\n")
    reviewed = json.loads(FILE.read_text())
    assert found.keys() == reviewed["costs"].keys()
    for name, cost in found.items():
        budget = Cost(**reviewed["costs"][name])
        assert (cost.statements, cost.commits) == (budget.statements, budget.commits), name
        assert cost.bytes <= budget.bytes * SLACK, name
        # Another Python calls its own library in other ways.
        assert cost.calls <= budget.calls * SLACK or reviewed["python"] != PYTHON, (name, cost)


async def _purchases(classroom: Classroom, shop: Shop, buyer: Person) -> Callable[[], Question]:
    """Each of another course, by someone who bought before."""
    teacher = await classroom.person("instructor")
    courses = [await classroom.published(teacher) for _ in range(WARM_UP + RUNS + 1)]
    assert (await shop.start(buyer, courses.pop()["id"])).status_code == 201

    def ask() -> Question:
        body = json.dumps({"courseId": courses.pop()["id"]}).encode()
        headers = {"content-type": "application/json", "idempotency-key": new_key()}
        return Question("/payments", buyer.token, "POST", body, headers)

    return ask


async def _events(shop: Shop) -> Callable[[], Question]:
    """Each with another id, of one that says that money moved."""
    event = {**(await shop.events())[-1], "type": "payment_intent.succeeded"}

    def ask() -> Question:
        body, headers = shop.sign(event | {"id": f"evt_{new_key()}"})
        return Question("/payments/webhook", None, "POST", body, headers)

    return ask


async def _progress(classroom: Classroom, learner: Person, course: Json) -> Callable[[], Question]:
    await classroom.enroll(learner, course)
    ((enrollment_id, lesson_id),) = await classroom.rows(
        "SELECT enrollments.id, lessons.id FROM enrollments JOIN lessons USING (course_id) WHERE user_id = %s",
        learner.id,
    )
    body = json.dumps({"lessonId": str(lesson_id), "positionSeconds": 30}).encode()
    headers = {"content-type": "application/json"}
    return lambda: Question(f"/enrollments/{enrollment_id}/progress", learner.token, "PUT", body, headers)


async def _measure(app: Any, question: Callable[[], Question]) -> Cost:
    for _ in range(WARM_UP):
        await _ask(app, question())
    runs = [await _ask(app, question()) for _ in range(RUNS)]
    return Cost(runs[0].statements, runs[0].commits, runs[0].bytes, min(run.calls for run in runs))


async def _ask(app: Any, question: Question) -> Cost:
    headers = question.headers | {"host": "testserver", "content-length": str(len(question.body))}
    headers |= {"authorization": f"Bearer {question.token}"} if question.token else {}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": question.method,
        "path": PREFIX + question.path,
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 5000),
        "scheme": "http",
        "root_path": "",
    }
    cost = Cost(0, 0, 0, 0)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": question.body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) in {200, 201}
        cost.bytes += len(message.get("body", b""))

    async def count_commit(sql: str, _params: object) -> None:
        cost.commits += sql == "COMMIT"

    async def execute(cursor: Any, *given: Any, **options: Any) -> Any:
        cost.statements += STATEMENTS.get() is not None
        return await usual(cursor, *given, **options)

    def count_call(_frame: FrameType, event: str, _argument: object) -> None:
        cost.calls += event == "call"

    before, usual = sys.getprofile(), psycopg.AsyncCursor.execute
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "before_statement", count_commit)
        patch.setattr(psycopg.AsyncCursor, "execute", execute)
        sys.setprofile(count_call)
        try:
            await app(scope, receive, send)
        finally:
            sys.setprofile(before)
    return cost
