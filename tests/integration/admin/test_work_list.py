"""The work list: what is on it, who sees it, what can be done, and the email about it."""

from __future__ import annotations

from typing import Any, get_args
from uuid import uuid4

import pytest
from tests.support.books import assert_sound, open_items
from tests.support.classroom import Classroom, Person, refusal
from tests.support.mailbox import Mailbox
from tests.support.shop import Shop, new_key
from tests.support.work_list import act, items, the_item

from coursify.core import jobs as queue
from coursify.modules.admin import jobs
from coursify.modules.attention.models import ACTIONS, Action, Kind
from coursify.modules.payments import jobs as payment_jobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def put_on_list(classroom: Classroom, kind: str, object_type: str = "thing", object_id: str = "") -> str:
    """An item whose object may be anything; its id."""
    rows = await classroom.rows(
        """
        INSERT INTO attention_items (kind, object_type, object_id, why, since, updated_at)
        VALUES (%s, %s, %s, 'Something is the matter.', now(), now()) RETURNING id
        """,
        kind,
        object_type,
        object_id or str(uuid4()),
    )
    return str(rows[0][0])


async def test_an_empty_list_is_empty(admin: Person) -> None:
    answer = await admin.get("/admin/attention")
    assert (answer.status_code, answer.json()["data"], answer.json()["meta"]["total"]) == (200, [], 0)


async def test_the_list_is_newest_first_by_kind_and_page_by_page(classroom: Classroom, admin: Person) -> None:
    made = [await put_on_list(classroom, kind) for kind in get_args(Kind)]
    whole = (await admin.get("/admin/attention", params={"limit": 100})).json()
    # No queue and no mail has these: what repairs itself leaves the list.
    expected = [item for item in made[::-1] if item != made[get_args(Kind).index("job_failed")]]
    assert [item["id"] for item in whole["data"]] == expected
    assert whole["meta"]["total"] == len(expected)
    how_it_ended = {"resolvedAt", "resolution", "resolvedBy", "note"}
    assert whole["data"][0].keys() == {"id", "kind", "object", "since", "why", "actions"} | how_it_ended
    assert [item["kind"] for item in await items(admin, kind="paid_twice")] == ["paid_twice"]

    found: list[str] = []
    query: Json = {"limit": 4}
    while True:
        page = (await admin.get("/admin/attention", params=query)).json()
        found += [item["id"] for item in page["data"]]
        if page["meta"]["nextCursor"] is None:
            break
        query["cursor"] = page["meta"]["nextCursor"]
    assert found == expected
    assert (await admin.get("/admin/attention", params={"kind": "nothing"})).status_code == 422


async def test_what_was_resolved_is_listed_with_who_ended_it_and_how(classroom: Classroom, admin: Person) -> None:
    item = await put_on_list(classroom, "paid_twice")
    still_open = await put_on_list(classroom, "dispute_open")
    answer = await admin.post(f"/admin/attention/{item}/dismiss", {"note": "The buyer meant it."})
    assert answer.status_code == 200, answer.text
    [resolved] = await items(admin, state="resolved")
    assert (resolved["id"], resolved["actions"], resolved["note"]) == (item, [], "The buyer meant it.")
    assert (resolved["resolution"], resolved["resolvedBy"]) == ("dismiss", str(admin.id))
    assert resolved["resolvedAt"]
    assert await items(admin, state="resolved", kind="dispute_open") == []
    assert [each["id"] for each in await items(admin, state="open")] == [still_open]
    assert (await admin.get("/admin/attention", params={"state": "ended"})).status_code == 422


async def test_only_admins_see_the_list_and_act_on_it(
    classroom: Classroom, admin: Person, teacher: Person, student: Person
) -> None:
    item = await put_on_list(classroom, "paid_twice")
    for person in (teacher, student):
        assert refusal(await person.get("/admin/attention")) == (403, "forbidden")
        assert refusal(await person.post(f"/admin/attention/{item}/dismiss", {})) == (403, "forbidden")
    assert (await classroom.get("/admin/attention")).status_code == 401
    assert len(await items(admin)) == 1


@pytest.mark.parametrize("kind", [kind for kind in get_args(Kind) if kind != "job_failed"])
async def test_only_what_an_item_offers_can_be_done_about_it(classroom: Classroom, admin: Person, kind: Kind) -> None:
    item = {"id": await put_on_list(classroom, kind)}
    (listed,) = await items(admin)
    assert listed["actions"] == list(ACTIONS[kind])
    for action in get_args(Action):
        if action not in listed["actions"]:
            assert refusal(await act(admin, item, action)) == (409, "action_not_possible"), action
    assert len(await items(admin)) == 1


@pytest.mark.parametrize(
    "kind",
    [kind for kind, actions in ACTIONS.items() if "dismiss" in actions and kind not in {"job_failed", "wrong_amount"}],
)
async def test_what_was_dealt_with_elsewhere_is_dismissed_with_a_note_and_audited(
    classroom: Classroom, admin: Person, kind: Kind
) -> None:
    item = {"id": await put_on_list(classroom, kind)}
    answer = await act(admin, item, "dismiss", note="called the bank")
    assert answer.status_code == 200
    assert answer.json()["data"]["resolvedAt"]
    assert answer.json()["data"]["actions"] == []
    assert await items(admin) == []
    assert await classroom.rows("SELECT resolution, resolved_by, note FROM attention_items") == [
        ("dismiss", admin.id, "called the bank")
    ]
    assert ("attention.dismiss", admin.id) in await classroom.rows("SELECT action, actor_id FROM audit_log")
    assert refusal(await act(admin, item, "dismiss")) == (409, "attention_item_resolved")


async def test_what_is_not_there_and_what_is_no_action_are_404s_and_a_bad_body_is_a_422(
    classroom: Classroom, admin: Person
) -> None:
    item = await put_on_list(classroom, "paid_twice")
    assert refusal(await admin.post(f"/admin/attention/{uuid4()}/dismiss", {})) == (404, "attention_item_not_found")
    assert (await admin.post("/admin/attention/nothing/dismiss", {})).status_code == 404
    assert (await admin.post(f"/admin/attention/{item}/explode", {})).status_code == 404
    assert (await admin.post(f"/admin/attention/{item}/dismiss", {"note": "x" * 501})).status_code == 422
    assert (await admin.post(f"/admin/attention/{item}/dismiss", {"amount": 1})).status_code == 422
    assert len(await items(admin)) == 1


async def test_an_action_that_is_sent_again_under_its_key_is_done_once(classroom: Classroom, admin: Person) -> None:
    item = await put_on_list(classroom, "paid_twice")
    headers = {"Idempotency-Key": new_key()}
    first, second = [await admin.post(f"/admin/attention/{item}/dismiss", {}, headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert second.headers["Idempotent-Replayed"] == "true"


async def fail_job(classroom: Classroom, payment_id: str) -> int:
    """A recheck that gave up; its number in the queue."""
    await queue.defer(classroom.db, "payments.recheck_payment", payment_id=payment_id)
    rows = await classroom.rows(
        """
        UPDATE procrastinate_jobs SET status = 'failed', attempts = 20
        WHERE task_name = 'payments.recheck_payment' AND status = 'todo' RETURNING id
        """
    )
    return int(rows[0][0])


async def test_a_job_that_gave_up_is_listed_and_can_be_started_again(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    number = await fail_job(classroom, payment["id"])
    item = await the_item(admin, "job_failed")
    assert item["object"] == {"type": "job", "id": str(number)}
    assert item["why"] == "The job payments.recheck_payment gave up after 20 tries."
    assert (await act(admin, item, "retry")).status_code == 200
    assert await items(admin) == []
    await shop.run_jobs()
    assert await classroom.rows("SELECT status FROM procrastinate_jobs WHERE id = %s", number) == [("succeeded",)]
    await assert_sound(shop, classroom)


async def test_a_job_that_gave_up_and_was_dismissed_stays_so_and_one_that_fails_again_comes_back(
    classroom: Classroom, admin: Person
) -> None:
    number = await fail_job(classroom, str(uuid4()))
    await act(admin, await the_item(admin, "job_failed"), "retry")
    await classroom.db.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [number])
    again = await the_item(admin, "job_failed")
    assert (await act(admin, again, "dismiss")).status_code == 200
    assert await items(admin) == []


async def test_a_job_that_runs_again_by_other_means_leaves_the_list(classroom: Classroom, admin: Person) -> None:
    number = await fail_job(classroom, str(uuid4()))
    await the_item(admin, "job_failed")
    await classroom.db.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE id = %s", [number])
    assert await items(admin) == []
    assert await classroom.rows("SELECT resolution FROM attention_items") == [("the job runs again",)]


@pytest.mark.parametrize("state", ["failed", "unknown"])
async def test_an_email_that_was_lost_is_listed_until_it_is_dismissed(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json, state: str
) -> None:
    await shop.buy(student, course["id"])
    await classroom.db.execute("UPDATE email_deliveries SET state = %s WHERE kind = 'receipt'", [state])
    item = await the_item(admin, f"email_{state}")
    assert (item["object"]["type"], item["actions"]) == ("email", ["retry", "dismiss"])
    assert (await act(admin, item, "dismiss")).status_code == 200
    assert await items(admin) == []


@pytest.mark.parametrize("state", ["failed", "unknown"])
async def test_an_email_that_was_lost_is_sent_again(
    classroom: Classroom,
    shop: Shop,
    admin: Person,
    student: Person,
    course: Json,
    mailbox: Mailbox,
    state: str,
) -> None:
    await shop.buy(student, course["id"])
    mailbox.clear()
    await classroom.db.execute("UPDATE email_deliveries SET state = %s WHERE kind = 'receipt'", [state])
    assert (await act(admin, await the_item(admin, f"email_{state}"), "retry")).status_code == 200
    await shop.settle()
    assert [key.split(":")[0] for key in mailbox.message_keys()] == ["receipt"]
    assert await items(admin) == []

    await classroom.db.execute("UPDATE email_deliveries SET state = %s WHERE kind = 'receipt'", [state])
    assert len(await items(admin)) == 1, "lost again, listed again"


async def test_a_refused_order_is_taken_up_again_by_the_sweep(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    checkout = (await shop.start(student, course["id"])).json()["data"]
    shop.standin.forget(checkout["payment"]["transactionId"])
    await classroom.db.execute("UPDATE orders SET expires_at = now() - interval '1 minute'")
    for _ in range(2):
        await payment_jobs.sweep_orders_job(shop.resources)
        item = await the_item(admin, "order_refused")
        assert (await act(admin, item, "retry")).status_code == 200
        assert await items(admin) == []


async def test_no_item_holds_a_persons_name_or_address(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, course: Json
) -> None:
    payment = await shop.buy(student, course["id"])
    shop.standin.open_refund(payment["transactionId"], amount=1, currency="jpy")
    shop.standin.open_dispute(payment["transactionId"])
    await shop.settle()
    assert await open_items(classroom) == ["dispute_open", "refund_mismatch"]
    told = str(await classroom.rows("SELECT * FROM attention_items"))
    assert student.name not in told
    assert "@" not in told


async def digests(shop: Shop, mailbox: Mailbox) -> list[Json]:
    await jobs.send_attention_digest(shop.resources)
    await shop.run_jobs()
    return [mail for mail in mailbox.messages() if mail["messageKey"].startswith("attention_digest:")]


async def test_admins_get_one_email_a_day_while_something_is_on_the_list(
    classroom: Classroom, shop: Shop, admin: Person, student: Person, mailbox: Mailbox, clock_file: Any
) -> None:
    other = await classroom.person("admin")
    assert await digests(shop, mailbox) == []
    await put_on_list(classroom, "paid_twice")
    await put_on_list(classroom, "refund_failed")
    for _ in range(2):
        sent = await digests(shop, mailbox)
        assert len(sent) == 2
    assert {mail["messageKey"].split(":")[1] for mail in sent} == {str(admin.id), str(other.id)}
    assert {mail["subject"] for mail in sent} == {"2 items need your attention"}
    assert "Something is the matter." in sent[0]["text"]
    assert "/admin/attention" in sent[0]["text"]

    clock_file.write_text("86400")
    assert len(await digests(shop, mailbox)) == 4
    await classroom.db.execute("UPDATE attention_items SET resolved_at = now(), resolution = 'dismiss'")
    clock_file.write_text("172800")
    assert len(await digests(shop, mailbox)) == 4


async def test_the_digest_goes_to_active_admins_alone(
    classroom: Classroom, shop: Shop, admin: Person, mailbox: Mailbox
) -> None:
    gone = await classroom.person("admin")
    await classroom.db.execute("UPDATE users SET status = 'suspended' WHERE id = %s", [gone.id])
    await fail_job(classroom, str(uuid4()))
    (mail,) = await digests(shop, mailbox)
    assert mail["messageKey"].split(":")[1] == str(admin.id)
    assert mail["subject"] == "1 item needs your attention"


async def test_the_operations_are_listed_in_the_document_with_their_errors(shop: Shop) -> None:
    document = (await shop.client.get("/openapi.json")).json()
    assert "/api/v1/admin/attention" in document["paths"]
    answers = document["paths"]["/api/v1/admin/attention/{item_id}/{action}"]["post"]["responses"]
    assert {"200", "401", "403", "404", "409", "422"} <= answers.keys()
