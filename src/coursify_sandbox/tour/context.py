"""The clients of the API and the stand-ins, and the results that later steps need."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from coursify_sandbox.run_file import RunFile
from coursify_sandbox.tour.errors import StepFailed
from coursify_sandbox.tour.output import TourOutput

Json = dict[str, Any]
Found = TypeVar("Found")

PREFIX = "/api/v1"
REQUEST_SECONDS = 10
# How long the tour waits for an email or a change of a payment.
TIMEOUT_SECONDS = 8.0
POLL_SECONDS = 0.15
SHOWN_FIELDS = ("status", "role", "amount", "progress", "rating", "mayLearn")


@dataclass
class Person:
    name: str
    email: str
    id: str = ""
    token: str = ""


@dataclass
class TourContext:
    """`suffix` makes the names of this run unique; `patience` multiplies every limit of time."""

    run_file: RunFile
    output: TourOutput
    client: httpx.Client
    suffix: str = field(default_factory=lambda: secrets.token_hex(3))
    admin: Person = field(default_factory=lambda: Person("the admin", ""))
    instructor: Person = field(default_factory=lambda: Person("Tess Tour", ""))
    student: Person = field(default_factory=lambda: Person("Stan Tour", ""))
    course: Json = field(default_factory=dict)
    lessons: list[Json] = field(default_factory=list)
    checkout: Json = field(default_factory=dict)
    enrollment: Json = field(default_factory=dict)
    refund: Json = field(default_factory=dict)
    # Empty where ffmpeg is not installed.
    video: Json = field(default_factory=dict)
    key_address: str = ""
    patience: float = 1

    @property
    def payment_id(self) -> str:
        return str(self.checkout["payment"]["id"])

    @property
    def intent_id(self) -> str:
        return str(self.checkout["payment"]["transactionId"])

    def request(
        self,
        who: Person | None,
        method: str,
        path: str,
        body: Any = None,
        *,
        status: int,
        files: Any = None,
        **headers: str,
    ) -> Json:
        """Send a request to the API and return its response; raises StepFailed on another status.

        `files` is a form, as httpx takes it.
        """
        credential = {"Authorization": f"Bearer {who.token}"} if who else {}
        content: Json = {"files": files} if files else {} if body is None else {"json": body}
        sent_headers = credential | {name.replace("_", "-"): value for name, value in headers.items()}
        response = self._send(method, f"{self.run_file['api']}{PREFIX}{path}", headers=sent_headers, **content)
        parsed = _parse(response)
        self.output.show_exchange(
            method, path, f"{response.status_code} {parsed.get('message', '')} {_summarize(parsed)}"
        )
        if response.status_code != status:
            code = (parsed.get("error") or {}).get("code", "")
            raise StepFailed(
                f"{status} for {method} {path}", f"{response.status_code} {code} {parsed.get('message', '')}"
            )
        return parsed | {"headers": dict(response.headers)}

    def fetch(self, address: str, method: str = "GET", *, status: int, **request: Any) -> httpx.Response:
        """Send a request to an address that the API has given, as a browser or player does."""
        response = self._send(method, address, **request)
        path = response.url.path
        self.output.show_exchange(method, path, f"{response.status_code} {len(response.content):,} bytes")
        if response.status_code != status:
            raise StepFailed(f"{status} for {method} {path}", str(response.status_code))
        return response

    def read(self, who: Person, path: str) -> Json:
        """The data of a GET that is repeated until something has happened; it is not printed."""
        headers = {"Authorization": f"Bearer {who.token}"}
        parsed = _parse(self._send("GET", f"{self.run_file['api']}{PREFIX}{path}", headers=headers))
        return parsed.get("data") or {"status": parsed.get("message")}

    def request_stripe(self, method: str, path: str, data: Json | None = None, *, status: int) -> Json:
        """Send a request to Stripe or its stand-in, as a browser does."""
        response = self._send(method, f"{self.run_file['stripe']}{path}", data=data)
        parsed = _parse(response)
        error = parsed.get("error") or {}
        message = error.get("message") or parsed.get("status") or ""
        self.output.show_exchange(method, path, f"{response.status_code} {message}", server="Stripe")
        if response.status_code != status:
            raise StepFailed(f"{status} for {method} {path} at Stripe", f"{response.status_code} {message}")
        return parsed

    def wait_for_email(self, key: str, person: Person) -> Json:
        """Wait for the email with this key; raises StepFailed when none or more than one arrives."""

        def find() -> Json | None:
            response = self._send("GET", f"{self.run_file['mailbox']}/api/messages", params={"to": person.email})
            emails = [email for email in response.json() if email["messageKey"] == key]
            if len(emails) > 1:
                raise StepFailed(f"one email {key}", f"{len(emails)} emails")
            return emails[0] if emails else None

        email = self.poll(f"an email {key} to {person.email}", find, otherwise="no such email; is the worker running?")
        self.output.show_email(person.email, email["subject"])
        return email

    def poll(
        self, expected: str, find: Callable[[], Found | None], *, otherwise: str = "", seconds: float | None = None
    ) -> Found:
        """Call `find` until it returns a result; raises StepFailed after `seconds`, or TIMEOUT_SECONDS."""
        patience = (seconds or TIMEOUT_SECONDS) * self.patience
        deadline = time.monotonic() + patience
        while (found := find()) is None:
            if time.monotonic() > deadline:
                raise StepFailed(f"{expected} within {patience:.0f} s", otherwise or "none")
            time.sleep(POLL_SECONDS)
        return found

    def wait_for_payment(self, expected: str, condition: Callable[[Json], bool]) -> Json:
        """Request the payment as its buyer until the condition is true; print only the last response."""
        latest: Json = {}
        path = f"/payments/{self.payment_id}"

        def find() -> Json | None:
            latest.update(self.read(self.student, path))
            return latest if condition(latest) else None

        try:
            self.poll(expected, find)
        except StepFailed as timeout:
            raise StepFailed(timeout.expected, f"a payment with status {latest.get('status')}") from timeout
        self.output.show_exchange("GET", path, f"200 status {latest['status']}")
        return latest

    def check_access(self, *, may_learn: bool) -> Json:
        """Check whether the student has access, and print the API's reason."""
        path = f"/access/explain?courseId={self.course['id']}"
        access: Json = self.request(self.student, "GET", path, status=200)["data"]
        self.output.show_access(access["because"], may_learn=access["mayLearn"])
        self.check("mayLearn", access["mayLearn"], may_learn)
        return access

    def check(self, name: str, actual: object, expected: object) -> None:
        if actual != expected:
            raise StepFailed(f"{name} = {expected!r}", f"{actual!r}")

    def _send(self, method: str, address: str, **request: Any) -> httpx.Response:
        try:
            return self.client.request(method, address, **request)
        except httpx.HTTPError as error:
            raise StepFailed(f"a response from {address}", f"none ({error or type(error).__name__})") from error


def _summarize(body: Json) -> str:
    """The fields of a response that the tour prints."""
    data = body.get("data")
    if not isinstance(data, dict):
        return ""
    fields: Json = data.get("payment") or data.get("refund") or data
    return " ".join(f"[{name} {fields[name]}]" for name in SHOWN_FIELDS if fields.get(name) is not None)


def _parse(response: httpx.Response) -> Json:
    """The JSON object of a response; any other body becomes the message of an object."""
    try:
        body = response.json()
    except ValueError:
        return {"message": response.text[:80]}
    return body if isinstance(body, dict) else {"message": str(body)[:80]}


@contextmanager
def open_context(
    run_file: RunFile, output: TourOutput, transport: httpx.BaseTransport | None = None, *, patience: float = 1
) -> Iterator[TourContext]:
    """Open the HTTP client, which uses no proxy; tests pass their own transport."""
    with httpx.Client(
        transport=transport or httpx.HTTPTransport(retries=1), trust_env=False, timeout=REQUEST_SECONDS * patience
    ) as client:
        yield TourContext(run_file, output, client, patience=patience)
