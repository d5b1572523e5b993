"""What hot operations cost in what does not vary with the machine: statements, bytes and Python calls for a request.

`budgets.json` is reviewed. Statements must be as many as it says; bytes and calls may rise by 3 %. When a change makes
an operation dearer or cheaper for a good reason, `COURSIFY_WRITE_BUDGETS=1` writes the file anew.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from fastapi import FastAPI
from tests.support.classroom import PREFIX, Classroom

from coursify import app as application
from coursify.core import database
from coursify.core.counted import STATEMENTS
from coursify.core.settings import Settings

pytestmark = pytest.mark.anyio

FILE = Path(__file__).with_name("budgets.json")
SLACK = 1.03
WARM_UP, RUNS = 3, 7
PYTHON = "{}.{}".format(*sys.version_info)


@dataclass
class Cost:
    """`calls`: Python functions called in the thread of the loop, in the cheapest of several runs."""

    statements: int
    bytes: int
    calls: int


async def test_hot_operations_stay_within_their_budgets(classroom: Classroom, app: FastAPI, settings: Settings) -> None:
    ada, bob = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(ada)
    wrapped = application.wrap(app, settings)
    requests = {
        "list_courses, cached": ("/courses", None),
        "list_courses": ("/courses", bob.token),
        "get_course, cached": (f"/courses/{course['id']}", None),
        "get_course": (f"/courses/{course['id']}", bob.token),
        "get_me": ("/users/me", bob.token),
    }
    found = {name: await _measure(wrapped, path, token) for name, (path, token) in requests.items()}
    if os.environ.get("COURSIFY_WRITE_BUDGETS"):
        costs = {name: asdict(cost) for name, cost in found.items()}
        FILE.write_text(json.dumps({"python": PYTHON, "costs": costs}, indent=2) + "\n")
    reviewed = json.loads(FILE.read_text())
    assert found.keys() == reviewed["costs"].keys()
    for name, cost in found.items():
        budget = Cost(**reviewed["costs"][name])
        assert cost.statements == budget.statements, name
        assert cost.bytes <= budget.bytes * SLACK, name
        # Another Python calls its own library in other ways.
        assert cost.calls <= budget.calls * SLACK or reviewed["python"] != PYTHON, (name, cost)


async def _measure(app: Any, path: str, token: str | None) -> Cost:
    for _ in range(WARM_UP):
        await _ask(app, path, token)
    runs = [await _ask(app, path, token) for _ in range(RUNS)]
    return Cost(runs[0].statements, runs[0].bytes, min(run.calls for run in runs))


async def _ask(app: Any, path: str, token: str | None) -> Cost:
    headers = [(b"host", b"testserver")]
    headers += [(b"authorization", f"Bearer {token}".encode())] if token else []
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": PREFIX + path,
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 5000),
        "scheme": "http",
        "root_path": "",
    }
    cost = Cost(0, 0, 0)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) == 200
        cost.bytes += len(message.get("body", b""))

    async def count_statement(_sql: str, _params: object) -> None:
        cost.statements += STATEMENTS.get() is not None

    def count_call(_frame: FrameType, event: str, _argument: object) -> None:
        cost.calls += event == "call"

    database.before_statement = count_statement
    before = sys.getprofile()
    sys.setprofile(count_call)
    try:
        await app(scope, receive, send)
    finally:
        sys.setprofile(before)
        database.before_statement = None
    return cost
