"""`python -m bench.pages URL DATABASE EMAIL PASSWORD`: time every declared page over HTTP, signed in as an admin.

The database is asked for one example of each parameter in an address. An admin sees the pages of instructors too.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from http import HTTPStatus

import httpx
import psycopg
from rich.console import Console
from rich.table import Table
from tests.support.page_addresses import addresses_of_pages

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
EXAMPLES = {
    "course_id": "SELECT id FROM courses WHERE deleted_at IS NULL ORDER BY enrollment_count DESC LIMIT 1",
    "lesson_id": """
        SELECT lessons.id FROM lessons JOIN courses ON courses.id = course_id ORDER BY enrollment_count DESC LIMIT 1
    """,
    "user_id": "SELECT user_id FROM enrollments LIMIT 1",
    "review_id": "SELECT id FROM reviews WHERE deleted_at IS NULL LIMIT 1",
    "notice_id": "SELECT id FROM notices LIMIT 1",
    "payment_id": "SELECT id FROM payments LIMIT 1",
    "item_id": "SELECT id FROM attention_items LIMIT 1",
    "action": "SELECT 'resolve' FROM attention_items LIMIT 1",
    "job_id": "SELECT id FROM procrastinate_jobs LIMIT 1",
    "event_key": "SELECT id FROM provider_events LIMIT 1",
    "delivery_id": "SELECT id FROM email_deliveries LIMIT 1",
}
LISTS = (
    "/admin/people?search=77777",
    "/admin/people?search=LARGE5@EXAMPLE",
    "/admin/people?search=person",
    "/admin/people?search=person%209&sort=name",
    "/admin/people?search=nobody",
    "/admin/people?sort=name",
    "/admin/people?sort=-name&role=instructor",
    "/admin/people?sort=name&status=suspended",
    "/admin/people?page=500",
    "/admin/courses?search=course%2019",
    *(f"/admin/courses?sort={order}" for order in ("title", "price", "-enrollments", "-updated")),
    *(f"/admin/reviews?sort={order}" for order in ("written", "-rating", "rating")),
    "/admin/reviews?status=reported",
    "/admin/audit-log?sort=at",
    "/admin/attention?state=resolved",
    *(f"/admin/payments?status={status}" for status in ("succeeded", "refunded", "partially_refunded", "disputed")),
    "/admin/payments?course=course%2019",
    "/admin/payments?course=course%2019&status=refunded",
    "/admin/payments?person=person%209",
    "/admin/payments?from=2025-01-01&to=2026-06-01",
    "/admin/payments?from=2025-01-01&to=2026-06-01&status=refunded",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("database", help="the address by which examples are looked up")
    parser.add_argument("email")
    parser.add_argument("password")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with httpx.Client(base_url=given.url, timeout=60) as client:
        sign_in(client, given.email, given.password)
        Console().print(measure(client, [*paths_of(given.database), *LISTS], given.rounds))


def sign_in(client: httpx.Client, email: str, password: str) -> None:
    token = TOKEN.findall(client.get("/account/sign-in").text)[0]
    answer = client.post("/account/sign-in", data={"csrf": token, "email": email, "password": password})
    if answer.status_code != HTTPStatus.SEE_OTHER:
        raise SystemExit(f"{email} is not signed in: {answer.status_code}")


def paths_of(database: str) -> list[str]:
    """Every page whose parameters the database has examples of."""
    with psycopg.connect(database) as db:
        examples = {}
        for name, sql in EXAMPLES.items():
            row = db.execute(sql.encode()).fetchone()
            examples[name] = [row[0]] if row else ["01890000-0000-7000-8000-000000000001"]
    return [*addresses_of_pages("admin", examples), *addresses_of_pages("teach", examples)]


def measure(client: httpx.Client, paths: list[str], rounds: int) -> Table:
    table = Table("page", "status", "median ms", "slowest ms", "kB")
    for path in paths:
        times = []
        client.get(path)
        for _round in range(rounds):
            began = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - began) * 1000)
        figures = f"{statistics.median(times):.0f}", f"{max(times):.0f}", f"{len(answer.content) / 1000:.0f}"
        table.add_row(path, str(answer.status_code), *figures)
    return table


if __name__ == "__main__":
    main()
