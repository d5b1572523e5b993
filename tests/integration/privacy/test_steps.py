"""Erasures and exports, step by step: patient, repeatable, forgetful."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import structlog
from tests.support.classroom import Classroom
from tests.support.people import API, People
from tests.support.shop import Shop

from coursify.commands.keys import add_key, promote_key, reseal
from coursify.commands.tombstones import read_tombstones
from coursify.core.crypto import Sealer
from coursify.core.mailer import MailRefused
from coursify.core.settings import Settings
from coursify.modules.privacy.jobs import make_export_job, purge_expired, run_erasure_step_job
from coursify.modules.privacy.models import Tombstone
from coursify.modules.privacy.queries import erasures
from coursify.modules.privacy.sealing import RECEIPT_ADDRESS
from coursify.modules.privacy.services.open_export import sign_export
from coursify.modules.privacy.services.replay_tombstones import replay_tombstones
from coursify.personal_data import ROOMS
from coursify.resources import Resources

pytestmark = pytest.mark.anyio

STEPS = "SELECT count(*) FROM erasure_steps"


async def test_a_buyer_is_erased_but_for_the_money(
    people: People, classroom: Classroom, shop: Shop, resources: Resources
) -> None:
    teacher, buyer = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher)
    await shop.buy(buyer, course["id"])
    lesson_id = str(await people.value("SELECT id FROM lessons"))
    enrollment_id = str(await people.value("SELECT id FROM enrollments"))
    await buyer.put(f"/enrollments/{enrollment_id}/progress", {"lessonId": lesson_id, "completed": True})
    await buyer.post(f"/courses/{course['id']}/reviews", {"rating": 4, "comment": "Canary words"})
    ledger = await people.value("SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM ledger_entries AS e")
    customer_id = await people.value("SELECT provider_customer_id FROM payment_customers")
    assert (await buyer.delete(f"/users/{buyer.id}")).status_code == 202
    await people.run_jobs()
    assert await people.value(STEPS) == len(ROOMS)
    assert await people.value("SELECT count(*) FROM lesson_progress") == 0
    assert await people.value("SELECT comment FROM reviews") is None
    assert await people.value("SELECT count(*) FROM payment_customers") == 0
    assert await people.value("SELECT payments_before FROM erasure_requests") == 1
    assert await people.value("SELECT count(*) FROM payments WHERE user_id = %s", buyer.id) == 1
    assert await people.value("SELECT md5(string_agg(e::text, '' ORDER BY id)) FROM ledger_entries AS e") == ledger
    shown = (await people.client.get(f"{API}/courses/{course['id']}")).json()["data"]
    assert (shown["averageRating"], shown["ratingCount"]) == (4, 1)
    await resources.payments.delete_customer(str(customer_id))


async def test_the_provider_keeps_a_customer_while_money_is_on_its_way(
    people: People, classroom: Classroom, shop: Shop, resources: Resources
) -> None:
    teacher, buyer = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher)
    assert (await shop.start(buyer, course["id"])).status_code == 201
    assert (await buyer.delete(f"/users/{buyer.id}")).status_code == 202
    await people.run_jobs()
    assert await people.value(STEPS) == len(ROOMS) - 1
    assert await people.value("SELECT completed_at FROM erasure_requests") is None
    later = """
        SELECT count(*) FROM procrastinate_jobs
        WHERE task_name = 'privacy.run_step' AND status = 'todo' AND scheduled_at > now() + interval '2 minutes'
    """
    assert await people.value(later) == 1
    await people.db.execute("UPDATE orders SET status = 'expired', closed_at = now()")
    erasure_id = str(await people.value("SELECT id FROM erasure_requests"))
    for _ in range(2):
        await run_erasure_step_job(resources, erasure_id, "payments")
    assert await people.value(STEPS) == len(ROOMS)
    receipts = "SELECT count(*) FROM email_deliveries WHERE kind = 'erasure_receipt'"
    assert await people.value(receipts) == 1


async def test_a_step_of_an_erasure_that_nobody_asked_for_does_nothing(people: People, resources: Resources) -> None:
    await run_erasure_step_job(resources, str(uuid4()), "reviews")
    assert await people.value(STEPS) == 0


KEPT = "SELECT count(*) FROM erasure_requests WHERE receipt_address IS NOT NULL"


async def test_once_the_receipt_is_out_the_address_is_forgotten_here_and_at_the_mail_provider(
    people: People, resources: Resources
) -> None:
    ada = await people.sign_up()
    await ada.call("DELETE", f"/users/{ada.id}")
    await purge_expired(resources)
    assert (await people.value(KEPT), people.mailbox.erasures()) == (1, [])
    assert len(await people.emails(ada.email, kind="erasure_receipt")) == 1
    for _ in range(2):
        await purge_expired(resources)
    assert (await people.value(KEPT), people.mailbox.erasures()) == (0, [ada.email])


async def test_a_mail_provider_that_cannot_be_asked_is_asked_again(people: People, resources: Resources) -> None:
    ada = await people.sign_up()
    await ada.call("DELETE", f"/users/{ada.id}")
    await people.run_jobs()
    people.mailbox.set_faults(server_error=1)
    await purge_expired(resources)
    assert await people.value(KEPT) == 1
    people.mailbox.set_faults()
    await purge_expired(resources)
    assert (await people.value(KEPT), people.mailbox.erasures()) == (0, [ada.email])


async def test_a_mail_provider_that_refuses_is_logged_and_the_address_still_goes(
    people: People, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await people.sign_up()
    await ada.call("DELETE", f"/users/{ada.id}")
    await people.run_jobs()

    async def refuse(_address: str) -> None:
        raise MailRefused("SendGrid answered 403")

    monkeypatch.setattr(resources.mailer, "erase_recipient", refuse)
    with structlog.testing.capture_logs() as lines:
        await purge_expired(resources)
    assert await people.value(KEPT) == 0
    assert [line["event"] for line in lines] == ["email provider refused to erase a recipient"]
    assert ada.email not in str(lines)


async def test_an_export_is_made_once_and_expires(people: People, resources: Resources, clock_file: Path) -> None:
    ada = await people.sign_up()
    first = (await ada.call("GET", "/users/me/export")).json()["data"]
    assert (await ada.call("GET", "/users/me/export")).json()["data"]["id"] == first["id"]
    signature = sign_export(resources.settings.keys.server_key, UUID(first["id"]))
    link = f"{API}/users/exports/{first['id']}?signature={signature}"
    assert (await people.client.get(link)).status_code == 404
    for _ in range(2):
        await make_export_job(resources, first["id"])
    assert (await people.client.get(link)).status_code == 200
    await make_export_job(resources, str(uuid4()))
    clock_file.write_text(str(timedelta(days=2).total_seconds()))
    await purge_expired(resources)
    assert (await people.client.get(link)).status_code == 410
    assert await people.value("SELECT content FROM data_exports") is None
    clock_file.write_text(str(timedelta(days=9).total_seconds()))
    await purge_expired(resources)
    unknown = f"{API}/users/exports/{uuid4()}?signature={signature}"
    for gone in (link, unknown):
        assert (await people.client.get(gone)).status_code == 404


async def test_who_comes_back_with_a_restore_is_erased_again(people: People, resources: Resources) -> None:
    ada, eve = await people.sign_up(), await people.sign_up()
    now = await resources.database.now()
    tombstones = [Tombstone(UUID(ada.id), now), Tombstone(uuid4(), now)]
    sealer = Sealer(resources.settings.keys.encryption_keys)
    assert await replay_tombstones(resources.database, tombstones=tombstones, sealer=sealer, steps=ROOMS) == 1
    assert await replay_tombstones(resources.database, tombstones=tombstones, sealer=sealer, steps=ROOMS) == 0
    assert not await ada.is_signed_in()
    assert await eve.is_signed_in()
    assert [str(tombstone.user_id) for tombstone in await erasures.list_tombstones(people.db)] == [ada.id]


async def test_tombstones_are_written_to_a_file_and_read_from_it(
    people: People, environment: dict[str, str], tmp_path: Path
) -> None:
    ada = await people.sign_up()
    assert (await ada.call("DELETE", f"/users/{ada.id}")).status_code == 202
    file = tmp_path / "tombstones"
    for command in ("export", "replay"):
        done = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "coursify", "tombstones", command, str(file), env=os.environ | environment
        )
        assert await done.wait() == 0
    [tombstone] = read_tombstones(file.read_text())
    assert str(tombstone.user_id) == ada.id


async def test_a_receipt_that_waits_survives_a_change_of_keys(people: People, settings: Settings) -> None:
    ada = await people.sign_up()
    await ada.call("DELETE", f"/users/{ada.id}")
    promoted = promote_key(
        settings.keys.model_copy(update={"encryption_keys": add_key(settings.keys, kid="e2")["ENCRYPTION_KEYS"]})
    )
    keys = settings.keys.model_copy(update={"encryption_keys": promoted["ENCRYPTION_KEYS"]})
    counts = await reseal(dataclasses.replace(settings, keys=keys))
    assert counts["erasure_requests.receipt_address"] == 1
    erasure_id = await people.value("SELECT id FROM erasure_requests")
    sealed = await people.value("SELECT receipt_address FROM erasure_requests")
    alone = Sealer(keys.encryption_keys[:1])
    assert alone.open(sealed, associated_data=RECEIPT_ADDRESS.for_row(erasure_id)).decode() == ada.email


async def test_an_export_holds_the_address_that_is_not_confirmed_yet(people: People) -> None:
    ada = await people.sign_up()
    await people.db.execute("UPDATE users SET email_verified_at = now()")
    body = {"currentPassword": ada.password, "email": "next@example.com"}
    assert (await ada.call("PUT", "/users/me/email", body)).status_code == 200
    await ada.call("GET", "/users/me/export")
    await people.run_jobs()
    url = (await ada.call("GET", "/users/me/export")).json()["data"]["url"].removeprefix("http://testserver")
    archive = (await people.client.get(url)).json()
    assert [pending["address"] for pending in archive["pendingAddresses"]] == ["next@example.com"]


async def test_the_answers_of_an_erased_instructor_go_and_those_to_an_erased_student_too(
    people: People, classroom: Classroom, shop: Shop
) -> None:
    teacher, other = await classroom.person("instructor"), await classroom.person("instructor")
    zelda, yara = await classroom.person("student"), await classroom.person("student")
    for owner, student in ((teacher, yara), (other, zelda)):
        course = await classroom.published(owner, price=0)
        await student.post("/enrollments", {"courseId": course["id"]})
        review = (await student.post(f"/courses/{course['id']}/reviews", {"rating": 5, "comment": "Clear"})).json()
        answer = await owner.post(f"/reviews/{review['data']['id']}/reply", {"reply": "Thank you, Canary"})
        assert answer.status_code in {200, 201}, answer.text
    for person in (teacher, zelda):
        assert (await person.delete(f"/users/{person.id}")).status_code == 202
    await people.run_jobs()
    assert await people.value("SELECT count(*) FROM reviews WHERE reply IS NOT NULL") == 0
    assert await people.value("SELECT comment FROM reviews WHERE user_id = %s", yara.id) == "Clear"


async def test_what_was_under_way_when_someone_was_erased_goes_with_the_second_round(
    people: People, classroom: Classroom, shop: Shop, resources: Resources
) -> None:
    teacher, buyer = await classroom.person("instructor"), await classroom.person("student")
    course = await classroom.published(teacher)
    await shop.buy(buyer, course["id"])
    await buyer.post(f"/courses/{course['id']}/reviews", {"rating": 4, "comment": "Canary words"})
    await people.db.execute("UPDATE refunds SET reason = 'Canary reason'")
    await buyer.delete(f"/users/{buyer.id}")
    await people.run_jobs()
    await people.db.execute("UPDATE reviews SET comment = 'Canary, written by a request that was slow'")
    await people.db.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    await people.run_jobs()
    assert await people.value("SELECT count(*) FROM reviews WHERE comment IS NOT NULL") == 0
    assert await people.value("SELECT count(*) FROM refunds WHERE reason IS NOT NULL") == 0
    assert await people.value("SELECT count(*) FROM email_deliveries WHERE kind = 'erasure_receipt'") == 1


async def test_the_last_admin_stays_erased_after_a_restore(
    people: People, settings: Settings, resources: Resources
) -> None:
    admin = await people.sign_up("admin")
    answer = await admin.call("DELETE", f"/users/{admin.id}")
    assert answer.status_code == 409
    assert await people.value("SELECT action FROM audit_log") == "user.erase_refused"
    sealer = Sealer(settings.keys.encryption_keys)
    stones = [Tombstone(UUID(admin.id), datetime.now(UTC))]
    assert await replay_tombstones(resources.database, tombstones=stones, sealer=sealer, steps=ROOMS) == 1
    assert await people.value("SELECT status FROM users") == "erased"
