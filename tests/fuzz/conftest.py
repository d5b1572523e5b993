"""An API process of its own, filled with a few people, to be fuzzed over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest
from tests.support.system import System


@dataclass(frozen=True)
class Target:
    """Where the API listens, and a credential for each role."""

    url: str
    tokens: dict[str, str]


@pytest.fixture
def target(environment: dict[str, str], tmp_path: Path, clean: None) -> Iterator[Target]:
    system = System(environment | {"LOG_LEVEL": "ERROR"}, tmp_path)
    system.start("serve")
    try:
        system.wait_until_ready()
        roles = ("student", "instructor", "admin")
        yield Target(system.url, {role: _sign_up(system.url, role, environment) for role in roles})
    finally:
        system.stop()


def _sign_up(url: str, role: str, environment: dict[str, str]) -> str:
    body = {"name": role, "email": f"{role}@example.com", "password": "a-fuzzers-own-1!", "role": role}
    if role == "admin":
        body.pop("role")
    answer = httpx.post(f"{url}/api/v1/users/register", json=body, trust_env=False)
    assert answer.status_code == 201, answer.text
    if role == "admin":
        with psycopg.connect(environment["DATABASE_OWNER_URL"], autocommit=True) as db:
            db.execute("UPDATE users SET role = 'admin' WHERE email = 'admin@example.com'")
    return str(answer.json()["data"]["accessToken"])
