"""A course on sale in the system of a story, by an instructor of its own."""

from __future__ import annotations

import secrets
import time
from typing import Any

import httpx
from tests.support.story import Story

PASSWORD = "a-long-password!"
SECONDS = 120


def publish(story: Story, title: str, price: int, *, film: bytes | None = None) -> dict[str, Any]:
    """Three lessons; the first one is a preview, and is filmed if a film is given."""
    with httpx.Client(base_url=f"{story.run['api']}/api/v1", trust_env=False, timeout=20) as client:

        def post(path: str, body: Any = None) -> dict[str, Any]:
            answer = client.post(path, json=body)
            assert answer.is_success, answer.text
            data: dict[str, Any] = answer.json()["data"]
            return data

        def sign(path: str, body: Any) -> None:
            client.headers["Authorization"] = f"Bearer {post(path, body)['accessToken']}"

        teacher = {"name": "Tess", "email": f"tess-{secrets.token_hex(4)}@example.com", "password": PASSWORD}
        sign("/users/register", teacher | {"role": "instructor"})
        course = {"title": title, "description": f"<p>{title}, slowly.</p>", "price": price, "currency": "usd"}
        needs = {"requirements": ["An oven"], "outcomes": ["A loaf every week"]}
        created = post("/courses", course | needs | {"category": "business"})
        for lesson in ("Flour", "Water", "Heat"):
            text = {"title": lesson, "content": f"<p>All about {lesson}.</p>", "isPreview": lesson == "Flour"}
            added = post(f"/courses/{created['id']}/lessons", text)
            if film and lesson == "Flour":
                _add_film(client, f"/courses/{created['id']}/lessons/{added['id']}", film)
        post(f"/courses/{created['id']}/submit")
        admin = next(account for account in story.run["accounts"] if account["role"] == "admin")
        client.headers.pop("Authorization")
        sign("/users/login", {"email": admin["email"], "password": admin["password"]})
        return post(f"/admin/courses/{created['id']}/approve")


def _add_film(client: httpx.Client, lesson: str, film: bytes) -> None:
    sent = client.post(f"{lesson}/video", files={"file": ("film.mp4", film, "video/mp4")})
    assert sent.is_success, sent.text
    deadline = time.monotonic() + SECONDS
    while client.get(lesson).json()["data"]["video"]["status"] != "ready":
        assert time.monotonic() < deadline
        time.sleep(0.3)
