"""The requests of each row, prepared as files for the load: for ours, and where they differ for the rivals."""

from __future__ import annotations

import hmac
import itertools
import json
import random
import secrets
import time
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.rivals import JWT_SECRET
from bench.system import System

API = "/api/v1"
JSON = "Content-Type:application/json"
# Past the cache of public answers, which takes no request with a cookie.
PAST_THE_CACHE = "Cookie:past=the-cache"
CATEGORIES = ("development", "data", "design", "business", "marketing", "languages", "music", "photography")
ORDERS = ("newest", "popular", "rating", "price")
HOURS = 12


@dataclass(frozen=True)
class Learner:
    """A student with a session, one of their enrollments, and a lesson of it."""

    user_id: str
    token: str
    rival_token: str
    course_id: str
    enrollment_id: str
    lesson_id: str


@dataclass(frozen=True)
class Prepared:
    """Files by row; `rivals` has those that differ."""

    ours: dict[str, Path]
    rivals: dict[str, Path]

    def find(self, row: str, *, is_ours: bool) -> Path:
        return self.ours[row] if is_ours else self.rivals.get(row, self.ours[row])


def find_learners(system: System) -> list[Learner]:
    with psycopg.connect(system.owner_url) as db:
        rows = db.execute("""
            SELECT DISTINCT ON (session.user_id) session.user_id::text, session.id::text, enrollment.course_id::text,
                   enrollment.id::text, lesson.id::text
            FROM sessions AS session JOIN enrollments AS enrollment ON enrollment.user_id = session.user_id
            JOIN lessons AS lesson ON lesson.course_id = enrollment.course_id AND lesson.position = 5
            ORDER BY session.user_id, enrollment.id
        """).fetchall()
    return [
        Learner(user_id, our_token(system, user_id, session_id), _rival_token(user_id), *rest)
        for user_id, session_id, *rest in rows
    ]


def our_token(system: System, user_id: str, session_id: str) -> str:
    """As the application signs them, but valid for the whole bench."""
    kid, key = system.keys.jwt_keys.split(",", maxsplit=1)[0].split(":", 1)
    now = int(time.time())
    claims = {"iss": system.url, "aud": "coursify-api", "sub": user_id, "sid": session_id, "jti": uuid4().hex}
    claims |= {"iat": now, "exp": now + HOURS * 3600}  # type: ignore[dict-item]  # both are numbers
    signing_key = Ed25519PrivateKey.from_private_bytes(b64decode(key))
    return jwt.encode(claims, signing_key, "EdDSA", headers={"kid": kid, "typ": "at+jwt"})


def _rival_token(user_id: str) -> str:
    now = int(time.time())
    claims = {"sub": user_id, "role": "student", "jti": uuid4().hex, "iat": now, "exp": now + HOURS * 3600}
    return jwt.encode(claims, JWT_SECRET, "HS256")


def prepare(system: System, learners: list[Learner]) -> Prepared:
    """Writes the files of all rows but webhooks, which are signed when they are sent."""
    chance = random.Random(7)  # noqa: S311  # the same requests in every run
    with psycopg.connect(system.owner_url) as db:
        course = str(_first(db, "SELECT id FROM courses WHERE status = 'published' ORDER BY published_at DESC LIMIT 1"))
        paid = [str(row[0]) for row in db.execute("SELECT id FROM courses WHERE price_minor > 0 ORDER BY id")]
    listings, searches = _listings(chance), _searches(chance)
    lines: dict[str, list[tuple[str, str, str, str]]] = {
        "hot listing": [("GET", f"{API}/courses", "", "")],
        "hot detail": [("GET", f"{API}/courses/{course}", "", "")],
        "listing": [("GET", path, PAST_THE_CACHE, "") for path in listings],
        "search": [("GET", path, PAST_THE_CACHE, "") for path in searches],
        "detail with me": [("GET", f"{API}/courses/{one.course_id}", _bearer(one.token), "") for one in learners],
        "me": [("GET", f"{API}/users/me", _bearer(one.token), "") for one in learners],
        "progress": [_progress(one, one.token, place) for place, one in enumerate(learners)],
        "checkout": list(itertools.islice(_checkouts(chance, learners, paid), 20_000)),
    }
    rivals: dict[str, list[tuple[str, str, str, str]]] = {
        "listing": [("GET", path, "", "") for path in listings],
        "search": [("GET", path, "", "") for path in searches],
        "detail with me": [("GET", f"{API}/courses/{one.course_id}", _bearer(one.rival_token), "") for one in learners],
        "me": [("GET", f"{API}/users/me", _bearer(one.rival_token), "") for one in learners],
        "progress": [_progress(one, one.rival_token, place) for place, one in enumerate(learners)],
    }
    folder = system.folder / "requests"
    folder.mkdir(exist_ok=True)
    return Prepared(
        {name: write(folder / f"{name}.txt", rows) for name, rows in lines.items()},
        {name: write(folder / f"{name} of rivals.txt", rows) for name, rows in rivals.items()},
    )


def write(path: Path, rows: list[tuple[str, str, str, str]]) -> Path:
    path.write_text("".join("\t".join(row) + "\n" for row in rows))
    return path


def _listings(chance: random.Random) -> list[str]:
    """Lists as people filter them; the first pages, with a category, an order and a price."""
    found = [
        f"{API}/courses?category={category}&sort={order}&page={page}&maxPrice={price}"
        for category, order, page, price in itertools.product(
            CATEGORIES, ORDERS, (1, 2, 3), (5_000, 8_000, 12_000, 20_000)
        )
    ]
    chance.shuffle(found)
    return found


def _searches(chance: random.Random) -> list[str]:
    """Words that people look for, alone and two together."""
    words = (Path(__file__).with_name("languages.tsv")).read_text().splitlines()[0].split("\t")[3].split()
    found = [f"{API}/courses?search={word}" for word in words]
    found += [f"{API}/courses?search={first}%20{second}" for first, second in itertools.permutations(words, 2)]
    chance.shuffle(found)
    return found[:500]


def _progress(learner: Learner, token: str, place: int) -> tuple[str, str, str, str]:
    body = {"lessonId": learner.lesson_id, "completed": False, "positionSeconds": place % 500}
    path = f"{API}/enrollments/{learner.enrollment_id}/progress"
    return "PUT", path, f"{_bearer(token)}|{JSON}", json.dumps(body)


def _checkouts(chance: random.Random, learners: list[Learner], courses: list[str]) -> Any:
    """Each person buys some courses, one after another; a course of theirs is met rarely and refused with 409."""
    while True:
        for learner in learners:
            headers = f"{_bearer(learner.token)}|{JSON}|Idempotency-Key:{secrets.token_hex(16)}"
            yield "POST", f"{API}/payments", headers, json.dumps({"courseId": chance.choice(courses)})


def webhooks(system: System, count: int) -> Path:
    """Events about payments of another system, signed now; each is stored with its job, then acknowledged."""
    now = int(time.time())
    rows = []
    for _ in range(count):
        intent = {
            "id": f"pi_{uuid4().hex}",
            "object": "payment_intent",
            "amount": 4900,
            "amount_received": 4900,
            "currency": "usd",
            "status": "succeeded",
            "metadata": {"order_id": str(uuid4())},
            "created": now,
            "livemode": False,
        }
        event = {
            "id": f"evt_{uuid4().hex}",
            "object": "event",
            "api_version": "2025-03-31",
            "created": now,
            "livemode": False,
            "type": "payment_intent.succeeded",
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "data": {"object": intent},
        }
        body = json.dumps(event, separators=(",", ":"))
        signature = hmac.digest(system.keys.stripe_webhook_secret.encode(), f"{now}.{body}".encode(), "sha256").hex()
        rows.append(("POST", f"{API}/payments/webhook", f"Stripe-Signature:t={now},v1={signature}|{JSON}", body))
    return write(system.folder / "requests" / "webhook.txt", rows)


def _bearer(token: str) -> str:
    return f"Authorization:Bearer {token}"


def _first(db: psycopg.Connection[Any], sql: str) -> object:
    row = db.execute(sql.encode()).fetchone()
    return row[0] if row else None
