"""What the pictures of the pages show: a purchase with a refund, an email that came back, a report and a failed job."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
from tests.support.plain_http import PLAIN

FAILED_JOB = """
    WITH failed AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts)
        SELECT 'default', 'payments.recheck_payment', jsonb_build_object('payment_id', max(id::text)), 'failed', 2
        FROM payments RETURNING id
    ), noted AS (
        INSERT INTO procrastinate_events (job_id, type, at)
        SELECT id, event.type::procrastinate_job_event_type, now() - make_interval(mins => event.minutes)
        FROM failed, (VALUES ('deferred', 12), ('started', 6), ('deferred_for_retry', 5), ('started', 2), ('failed', 1))
            AS event (type, minutes)
    )
    INSERT INTO job_failures (job_id, attempt, error, failed_at)
    SELECT id, attempt, %s, now() - make_interval(mins => 9 - 4 * attempt) FROM failed, generate_series(1, 2) AS attempt
"""
ERROR = {
    "type": "ProviderUnavailable",
    "code": "provider_unavailable",
    "cause": "APIConnectionError",
    "trace": ["src/coursify/core/registered_jobs.py:58 run", "src/coursify/integrations/stripe.py:96 fetch_intent"],
}
WITHIN_SECONDS = 120


def fill_pages(run: dict[str, Any]) -> None:
    """Once in the life of a sandbox."""
    with psycopg.connect(run["databaseUrl"], autocommit=True) as db:
        if db.execute("SELECT 1 FROM procrastinate_jobs WHERE status = 'failed'").fetchone():
            return
        accounts = {account["role"]: account for account in run["accounts"]}
        with httpx.Client(**PLAIN, base_url=f"{run['api']}/api/v1") as student, httpx.Client(**PLAIN) as other:
            sign_in(student, accounts["student"])
            payment = buy(student, run)
            with httpx.Client(**PLAIN, base_url=f"{run['api']}/api/v1") as admin:
                sign_in(admin, accounts["admin"])
                refund(admin, payment)
            report_a_review(student)
            return_an_email(other, run)
        db.execute(FAILED_JOB, [json.dumps(ERROR)])


def sign_in(client: httpx.Client, account: dict[str, Any]) -> None:
    answer = client.post("/users/login", json={"email": account["email"], "password": account["password"]})
    client.headers["Authorization"] = f"Bearer {answer.raise_for_status().json()['data']['accessToken']}"


def buy(student: httpx.Client, run: dict[str, Any]) -> dict[str, Any]:
    """The first two courses that they do not have, with a test card, until the provider's event has arrived."""
    courses = student.get("/courses?minPrice=1000&currency=usd&limit=50").json()["data"]
    owned = {each["courseId"] for each in student.get("/enrollments?limit=100").json()["data"]}
    wanted = [course["id"] for course in courses if course["id"] not in owned][:2]
    answer = student.post("/payments", json={"courseIds": wanted}, headers={"Idempotency-Key": secrets.token_hex(16)})
    checkout = answer.raise_for_status().json()["data"]
    confirmation = {
        "key": run["publishableKey"],
        "client_secret": checkout["clientSecret"],
        "payment_method": "pm_card_visa",
        "return_url": run["api"],
    }
    intent = checkout["payment"]["transactionId"]
    httpx.post(f"{run['stripe']}/v1/payment_intents/{intent}/confirm", data=confirmation).raise_for_status()
    return wait_for(student, checkout["payment"]["id"], "succeeded")


def refund(admin: httpx.Client, payment: dict[str, Any]) -> None:
    body = {"paymentId": payment["id"], "courseId": payment["items"][0]["courseId"], "reason": "It was too easy."}
    answer = admin.post("/payments/refund", json=body, headers={"Idempotency-Key": secrets.token_hex(16)})
    answer.raise_for_status()
    wait_for(admin, payment["id"], "partially_refunded")


def wait_for(client: httpx.Client, payment_id: str, status: str) -> dict[str, Any]:
    deadline = time.monotonic() + WITHIN_SECONDS
    while True:
        payment: dict[str, Any] = client.get(f"/payments/{payment_id}").json()["data"]
        if payment["status"] == status:
            return payment
        if time.monotonic() > deadline:
            raise SystemExit(f"The payment is {payment['status']} after {WITHIN_SECONDS} seconds.")
        time.sleep(1)


def report_a_review(student: httpx.Client) -> None:
    course = student.get("/courses?sort=rating&limit=1").json()["data"][0]
    review = student.get(f"/courses/{course['id']}/reviews").json()["data"][0]
    report = {"reason": "spam", "comment": "It advertises another shop."}
    student.post(f"/reviews/{review['id']}/report", json=report).raise_for_status()


def return_an_email(client: httpx.Client, run: dict[str, Any]) -> None:
    """The newest email bounces."""
    mailbox = "{0.scheme}://{0.netloc}".format(urlsplit(run["mailbox"]))
    deadline = time.monotonic() + WITHIN_SECONDS
    while not (emails := client.get(f"{mailbox}/api/messages").json()) and time.monotonic() < deadline:
        time.sleep(1)
    client.post(f"{mailbox}/messages/{emails[-1]['id']}/events", data={"event": "bounce"})
