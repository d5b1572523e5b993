"""Where the tour plays: clients of the API and of the stand-ins, and what the story has learned so far."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from coursify_sandbox.run_file import RunFile
from coursify_sandbox.tour.errors import NotAsTold
from coursify_sandbox.tour.teller import Teller

Json = dict[str, Any]
Found = TypeVar("Found")

PREFIX = "/api/v1"
REQUEST_SECONDS = 10
# How long a letter or a fact may take before the tour gives up; what is slower has failed.
PATIENCE_SECONDS = 8.0
PAUSE_SECONDS = 0.15
TOLD = ("status", "role", "amount", "progress", "rating", "mayLearn")


@dataclass
class Person:
    name: str
    email: str
    id: str = ""
    token: str = ""


@dataclass
class Stage:
    """`batch` makes this tour's names different from those of the tours before."""

    run: RunFile
    teller: Teller
    client: httpx.Client
    batch: str = field(default_factory=lambda: secrets.token_hex(3))
    admin: Person = field(default_factory=lambda: Person("the admin", ""))
    instructor: Person = field(default_factory=lambda: Person("Tess Tour", ""))
    student: Person = field(default_factory=lambda: Person("Stan Tour", ""))
    course: Json = field(default_factory=dict)
    lessons: list[Json] = field(default_factory=list)
    checkout: Json = field(default_factory=dict)
    enrollment: Json = field(default_factory=dict)
    refund: Json = field(default_factory=dict)

    @property
    def payment_id(self) -> str:
        return str(self.checkout["payment"]["id"])

    @property
    def intent_id(self) -> str:
        return str(self.checkout["payment"]["transactionId"])

    def ask(self, who: Person | None, method: str, path: str, body: Any = None, *, wants: int, **headers: str) -> Json:
        """One request to the API; the whole answer. Anything but the status `wants` ends the tour."""
        credential = {"Authorization": f"Bearer {who.token}"} if who else {}
        content = {} if body is None else {"json": body}
        sent = credential | {name.replace("_", "-"): value for name, value in headers.items()}
        response = self._send(method, f"{self.run['api']}{PREFIX}{path}", headers=sent, **content)
        answer = _read(response)
        self.teller.exchange(method, path, f"{response.status_code} {answer.get('message', '')} {_in_short(answer)}")
        if response.status_code != wants:
            code = (answer.get("error") or {}).get("code", "")
            raise NotAsTold(
                f"{wants} for {method} {path}", f"{response.status_code} {code} {answer.get('message', '')}"
            )
        return answer | {"headers": dict(response.headers)}

    def ask_stripe(self, method: str, path: str, data: Json | None = None, *, wants: int) -> Json:
        """One request to Stripe (or its stand-in), as a browser makes it."""
        response = self._send(method, f"{self.run['stripe']}{path}", data=data)
        answer = _read(response)
        error = answer.get("error") or {}
        said = error.get("message") or answer.get("status") or ""
        self.teller.exchange(method, path, f"{response.status_code} {said}", to="Stripe")
        if response.status_code != wants:
            raise NotAsTold(f"{wants} for {method} {path} at Stripe", f"{response.status_code} {said}")
        return answer

    def await_letter(self, key: str, person: Person) -> Json:
        """The one letter with this key, once it has arrived in the mailbox."""

        def look() -> Json | None:
            answer = self._send("GET", f"{self.run['mailbox']}/api/messages", params={"to": person.email})
            letters = [letter for letter in answer.json() if letter["messageKey"] == key]
            if len(letters) > 1:
                raise NotAsTold(f"one letter {key}", f"{len(letters)} of them")
            return letters[0] if letters else None

        letter = self.wait_for(
            f"a letter {key} to {person.email}", look, otherwise="no such letter; is the worker running?"
        )
        self.teller.letter(person.email, letter["subject"])
        return letter

    def wait_for(self, what: str, look: Callable[[], Found | None], *, otherwise: str = "") -> Found:
        """What `look` finds, looking again and again for a while."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise NotAsTold(f"{what} within {PATIENCE_SECONDS:.0f} s", otherwise or "nothing of the kind")
            time.sleep(PAUSE_SECONDS)
        return found

    def await_payment(self, what: str, is_there: Callable[[Json], bool]) -> Json:
        """The payment as its buyer polls it, once it is as it should be; told once, however often it was asked."""
        latest: Json = {}
        path = f"/payments/{self.payment_id}"

        def look() -> Json | None:
            headers = {"Authorization": f"Bearer {self.student.token}"}
            answer = _read(self._send("GET", f"{self.run['api']}{PREFIX}{path}", headers=headers))
            latest.update(answer.get("data") or {"status": answer.get("message")})
            return latest if is_there(latest) else None

        try:
            self.wait_for(what, look)
        except NotAsTold as late:
            raise NotAsTold(late.expected, f"a payment that is {latest.get('status')}") from late
        self.teller.exchange("GET", path, f"200 status {latest['status']}")
        return latest

    def explain(self, *, may_learn: bool) -> Json:
        """Who may learn now, and why, in the application's own words."""
        path = f"/access/explain?courseId={self.course['id']}"
        explained: Json = self.ask(self.student, "GET", path, wants=200)["data"]
        self.teller.access(explained["because"], may_learn=explained["mayLearn"])
        self.want("mayLearn", explained["mayLearn"], may_learn)
        return explained

    def want(self, what: str, came: object, expected: object) -> None:
        if came != expected:
            raise NotAsTold(f"{what} = {expected!r}", f"{came!r}")

    def _send(self, method: str, address: str, **request: Any) -> httpx.Response:
        try:
            return self.client.request(method, address, **request)
        except httpx.HTTPError as error:
            raise NotAsTold(f"an answer from {address}", f"none ({error or type(error).__name__})") from error


def _in_short(answer: Json) -> str:
    """The one or two facts of an answer that a listener wants to hear."""
    data = answer.get("data")
    if not isinstance(data, dict):
        return ""
    facts: Json = data.get("payment") or data.get("refund") or data
    return " ".join(f"[{name} {facts[name]}]" for name in TOLD if facts.get(name) is not None)


def _read(response: httpx.Response) -> Json:
    """The JSON object of an answer; whatever else it is counts as an empty one with its text as the message."""
    try:
        body = response.json()
    except ValueError:
        return {"message": response.text[:80]}
    return body if isinstance(body, dict) else {"message": str(body)[:80]}


@contextmanager
def open_stage(run: RunFile, teller: Teller, transport: httpx.BaseTransport | None = None) -> Iterator[Stage]:
    """A stage with clients that never go through a proxy; `transport` may stand between them and the world."""
    through = transport or httpx.HTTPTransport(retries=1)
    with httpx.Client(transport=through, trust_env=False, timeout=REQUEST_SECONDS) as client:
        yield Stage(run, teller, client)
