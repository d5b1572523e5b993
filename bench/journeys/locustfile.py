"""People who browse, search, view, sign in, buy, learn and review, with pauses to think; run by locust.

STRIPE and PUBLISHABLE_KEY name the stand-in, where the browser confirms its payments; those calls are not counted.
BUYERS is the share of those who buy.
"""

from __future__ import annotations

import itertools
import os
import random
import secrets
from typing import Any, ClassVar
from urllib.parse import quote

import requests
from locust import FastHttpUser, between, task

API = "/api/v1"
PASSWORD = os.environ["PASSWORD"]
CATEGORIES = ("development", "data", "design", "business", "marketing", "languages", "music", "photography")
WORDS = ("python", "guitar", "marketing", "design", "excel", "drawing", "web", "data science", "pyhton", "photo")
NUMBERS = itertools.count(1)
LESSONS = 5
BUYERS = float(os.environ["BUYERS"])
CHANCE = random.Random()  # noqa: S311  # no secret


class Visitor(FastHttpUser):
    """One person after another: each journey has an account of its own."""

    wait_time = between(3, 10)
    connection_timeout = network_timeout = 20.0
    default_headers: ClassVar[dict[str, str]] = {"Accept-Encoding": "gzip"}

    def on_start(self) -> None:
        self.stripe = requests.Session()
        self.stripe.trust_env = False

    @task
    def journey(self) -> None:
        courses = self.browse()
        self.think()
        courses = self.find(f"search={quote(CHANCE.choice(WORDS))}", "search") or courses
        for course in CHANCE.sample(courses, min(3, len(courses))):
            self.think()
            self.ask("GET", f"/courses/{course['id']}", "course")
        # Most look only.
        if CHANCE.random() < BUYERS:
            self.buy_and_learn(CHANCE.choice(courses))

    def browse(self) -> list[Any]:
        self.find("", "first page")
        self.think()
        return self.find(
            f"category={CHANCE.choice(CATEGORIES)}&sort={CHANCE.choice(('popular', 'rating'))}", "category"
        )

    def find(self, query: str, name: str) -> list[Any]:
        answer = self.ask("GET", f"/courses?{query}", name)
        return [course for course in answer or [] if course["price"]]

    def buy_and_learn(self, course: Any) -> None:
        self.think()
        body = {"email": f"student{next(NUMBERS)}@example.com", "password": PASSWORD}
        session = self.ask("POST", "/users/login", "sign in", json=body)
        if not session:
            return
        bearer = {"Authorization": f"Bearer {session['accessToken']}"}
        self.think()
        mine = self.ask("GET", f"/courses/{course['id']}", "course, signed in", headers=bearer)
        if not mine or mine["me"]["enrollmentId"]:
            return
        self.think()
        key = bearer | {"Idempotency-Key": secrets.token_hex(16)}
        checkout = self.ask("POST", "/payments", "checkout", headers=key, json={"courseId": course["id"]})
        if checkout:
            self.pay(checkout)
            self.learn(course, checkout["payment"]["id"], bearer)

    def pay(self, checkout: Any) -> None:
        form = {
            "key": os.environ["PUBLISHABLE_KEY"],
            "client_secret": checkout["clientSecret"],
            "payment_method": "pm_card_visa",
            "return_url": "https://school.example.com/thanks",
        }
        intent = checkout["payment"]["transactionId"]
        self.stripe.post(f"{os.environ['STRIPE']}/v1/payment_intents/{intent}/confirm", data=form, timeout=20)

    def learn(self, course: Any, payment_id: str, bearer: dict[str, str]) -> None:
        for _ in range(5):
            self.think()
            payment = self.ask("GET", f"/payments/{payment_id}", "payment", headers=bearer)
            if payment and payment["status"] == "succeeded":
                break
        mine = self.ask("GET", f"/enrollments?courseId={course['id']}", "my courses", headers=bearer)
        if not mine:
            return
        path = f"/enrollments/{mine[0]['id']}"
        enrollment = self.ask("GET", path, "enrollment", headers=bearer)
        for lesson in (enrollment or {"lessons": []})["lessons"][:LESSONS]:
            self.think()
            self.ask("GET", f"/courses/{course['id']}/lessons/{lesson['lessonId']}", "lesson", headers=bearer)
            self.think()
            body = {"lessonId": lesson["lessonId"], "completed": True, "positionSeconds": 600}
            self.ask("PUT", f"{path}/progress", "progress", headers=bearer, json=body)
        self.think()
        body = {"rating": CHANCE.randint(3, 5), "comment": "It says what I wanted to know."}
        self.ask("POST", f"/courses/{course['id']}/reviews", "review", headers=bearer, json=body)

    def think(self) -> None:
        self.wait()

    def ask(self, method: str, path: str, name: str, **request: Any) -> Any:
        """The data of the answer, or None; anything but 2xx is an error of the step."""
        answer = self.client.request(method, API + path, name=name, **request)
        return answer.json()["data"] if answer.status_code and answer.status_code < 300 else None
