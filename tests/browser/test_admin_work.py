"""An admin's usual work in Chromium, by keyboard alone: approvals, moderation, people, money and operations."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
from tests.support.admin_desk import AdminDesk
from tests.support.chromium import Page
from tests.support.classroom import Classroom
from tests.support.failed_jobs import failed_job
from tests.support.hostile_school import HOSTILE, hostile_school
from tests.support.looking import go, press, tab_to
from tests.support.shop import Shop
from tests.support.system import System

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_BROWSER"), reason="make browser"),
]


@pytest.fixture
async def desk(classroom: Classroom, system: System, tab: Page) -> AsyncIterator[AdminDesk]:
    yield await AdminDesk.of(tab, system.url, classroom)
    assert tab.errors == []
    assert set(tab.requests) <= {"127.0.0.1", "data"}


async def let_sign_in_age(classroom: Classroom) -> None:
    """An hour later, also for the process that remembers sessions."""
    await classroom.rows("UPDATE sessions SET authenticated_at = now() - interval '1 hour' RETURNING 1")
    await classroom.rows("SELECT pg_notify('sessions', id::text) FROM users")
    await asyncio.sleep(1)


async def test_courses_reviews_and_notices_are_decided_by_keyboard(
    desk: AdminDesk, classroom: Classroom, shop: Shop
) -> None:
    page, school = desk.page, await hostile_school(classroom, shop)
    await desk.sign_in()
    await go(page, desk.url + "/admin/approvals")
    await desk.use(HOSTILE[:10], "location.pathname.startsWith('/admin/courses/')")
    await desk.use("Approve and put on sale", "location.pathname === '/admin/approvals'")
    assert "is on sale." in await desk.notice()

    await go(page, f"{desk.url}/admin/reviews/{school.examples['review_id'][0]}")
    await desk.write("Reason for hiding", "It insults somebody.")
    await desk.use("Hide", "location.pathname === '/admin/reviews'")
    assert await classroom.rows("SELECT status FROM reviews") == [("hidden",)]

    await go(page, desk.url + "/admin/notices")
    await desk.use("N-", "location.pathname.startsWith('/admin/notices/')")
    await tab_to(page, "What happens")
    await press(page, "ArrowDown", times=2)
    await desk.write("Statement of reasons", "It is an opinion, and lawful.")
    await desk.use("Decide", "location.pathname === '/admin/notices'")
    assert "is decided." in await desk.notice()
    assert await classroom.rows("SELECT decision FROM notice_decisions") == [("restore_review",)]
    assert await classroom.rows("SELECT status FROM reviews") == [("visible",)]


async def test_a_person_is_suspended_by_keyboard_after_a_step_up(desk: AdminDesk, classroom: Classroom) -> None:
    student = await classroom.person("student")
    await desk.sign_in()
    await let_sign_in_age(classroom)
    await go(desk.page, f"{desk.url}/admin/people?search={student.name.replace(' ', '%20')}")
    await desk.use(student.name, f"location.pathname === '/admin/people/{student.id}'")
    await tab_to(desk.page, "Change role or suspend")
    await press(desk.page, "Enter")
    await desk.step_up(f"/admin/people/{student.id}/change")
    await desk.use(f"Suspend {student.name}", f"location.pathname === '/admin/people/{student.id}'")
    assert await desk.notice() == f"{student.name} is suspended, student."
    assert await classroom.rows("SELECT status FROM users WHERE id = %s", student.id) == [("suspended",)]


async def test_a_payment_is_refunded_by_keyboard_after_a_step_up_and_a_preview(
    desk: AdminDesk, classroom: Classroom, shop: Shop
) -> None:
    page, student = desk.page, await classroom.person("student")
    course = await classroom.published(await classroom.person("instructor"), title="Knots", price=4_900)
    payment = await shop.buy(student, course["id"])
    place = f"/admin/payments/{payment['id']}"
    await desk.sign_in()
    await let_sign_in_age(classroom)
    await go(page, f"{desk.url}/admin/payments")
    await desk.use(student.name, f"location.pathname === '{place}'")
    await tab_to(page, "Refund…")
    await press(page, "Enter")
    await desk.step_up(f"{place}/refund")
    await desk.write("Amount in USD", "10,50")
    await desk.use("Preview", "document.querySelector('[aria-label=Preview]')")
    assert "$10.50 goes back" in await page.run("document.querySelector('main').innerText")
    assert await classroom.rows("SELECT count(*) FROM refunds") == [(0,)], "a look stores nothing"
    await desk.write("Reason", "Too long.")
    await desk.use("Refund $10.50", f"location.pathname === '{place}'")
    assert await desk.notice() == "A refund of $10.50 is requested from the provider."
    await shop.settle()
    await go(page, desk.url + place)
    assert "Refund of $10.50 succeeded" in await page.run("document.querySelector('main').innerText")
    assert await classroom.rows("SELECT amount_minor, reason, status FROM refunds") == [
        (1_050, "Too long.", "succeeded")
    ]


async def test_an_event_is_replayed_and_a_failed_job_retried_by_keyboard(
    desk: AdminDesk, classroom: Classroom, shop: Shop
) -> None:
    page, student = desk.page, await classroom.person("student")
    course = await classroom.published(await classroom.person("instructor"))
    await shop.buy(student, course["id"])
    entries = await classroom.rows("SELECT count(*) FROM ledger_entries")
    await desk.sign_in()
    await go(page, f"{desk.url}/admin/webhook-events?state=applied")
    await desk.use("payment_intent.succeeded", "location.pathname.length > '/admin/webhook-events/'.length")
    await desk.use("Replay", "document.querySelector('[role=status]')")
    assert "The event is queued." in await desk.notice()
    await shop.run_jobs()
    await go(page, await page.run("location.href"))
    assert "nothing new" in await page.run("document.querySelector('main').innerText")
    assert await classroom.rows("SELECT count(*) FROM ledger_entries") == entries

    job_id = await failed_job(classroom)
    await go(page, f"{desk.url}/admin/attention")
    await desk.use("Job failed", "location.pathname.startsWith('/admin/attention/')")
    await desk.use("the job", f"location.pathname === '/admin/jobs/{job_id}'")
    await desk.use("Retry", "location.pathname === '/admin/jobs'")
    assert f"Job {job_id}, payments.recheck_payment, is queued again." in await desk.notice()
    assert await classroom.rows("SELECT status::text FROM procrastinate_jobs WHERE id = %s", job_id) == [("todo",)]
    await go(page, f"{desk.url}/admin/attention")
    assert "All done" in await page.run("document.querySelector('main').innerText")
