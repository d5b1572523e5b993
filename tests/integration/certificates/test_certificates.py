"""Certificates: one for a completion, checked by anyone who has the code, revoked with the access."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import httpx
import pytest
from tests.integration.certificates.conftest import Complete
from tests.support.classroom import Classroom, Person, refusal
from tests.support.mailbox import Mailbox
from tests.support.people import People
from tests.support.shop import Shop

from coursify.core.codes import new_code, show_code
from coursify.core.deadline import Deadline
from coursify.modules.certificates.services.issue_missing import issue_missing
from coursify.modules.certificates.services.issue_overdue import issue_overdue
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def check(classroom: Classroom, code: str) -> Json:
    answer = await classroom.get(f"/certificates/{code}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


def about_certificates(mailbox: Mailbox) -> list[Json]:
    return [message for message in mailbox.messages() if message["messageKey"].startswith("certificate:")]


def assert_pdf(answer: httpx.Response) -> None:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.7")


async def test_a_completion_gives_one_certificate_and_one_email(
    classroom: Classroom,
    student: Person,
    teacher: Person,
    enrollment_id: str,
    complete: Complete,
    run_jobs: RunJobs,
    mailbox: Mailbox,
) -> None:
    done = await complete(student, enrollment_id)
    await run_jobs()
    code = done["certificate"]["code"]
    assert await check(classroom, code) == {
        "code": code,
        "valid": True,
        "name": student.name,
        "course": "Rust in practice",
        "instructor": teacher.name,
        "issuedAt": done["completedAt"],
        "revoked": False,
        "revokedAt": None,
        "url": f"http://testserver/api/v1/certificates/{code}/pdf",
        "credentialUrl": f"http://testserver/api/v1/certificates/{code}/credential",
    }
    (email,) = about_certificates(mailbox)
    assert email["subject"] == "Your certificate for Rust in practice"
    assert email["text"].count("http") == 2
    assert f"http://testserver/certificates/{code}" in email["text"]
    own = await student.get(f"/enrollments/{enrollment_id}/certificate")
    public = await classroom.get(f"/certificates/{code}/pdf")
    for answer in (own, public):
        assert_pdf(answer)
        assert answer.headers["content-disposition"] == f'inline; filename="certificate-{code}.pdf"'
    assert own.content == public.content


async def test_a_certificate_is_there_before_its_job_ran(
    classroom: Classroom, student: Person, enrollment_id: str, complete: Complete, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    code = (await complete(student, enrollment_id))["certificate"]["code"]
    answers = await asyncio.gather(
        *(student.get(f"/enrollments/{enrollment_id}/certificate") for _ in range(5)),
        *(classroom.get(f"/certificates/{code}/pdf") for _ in range(5)),
    )
    for answer in answers:
        assert_pdf(answer)
    await run_jobs()
    assert await classroom.rows("SELECT count(*) FROM certificates") == [(1,)]
    assert len(about_certificates(mailbox)) == 1


async def test_L1_the_certificate_of_a_removed_lesson_is_there_before_its_job_ran(
    classroom: Classroom, teacher: Person, student: Person, course: Json, enrollment_id: str, run_jobs: RunJobs
) -> None:
    first, last = [
        row["lessonId"] for row in (await student.get(f"/enrollments/{enrollment_id}")).json()["data"]["lessons"]
    ]
    await student.put(f"/enrollments/{enrollment_id}/progress", {"lessonId": first, "completed": True})
    await teacher.delete(f"/courses/{course['id']}/lessons/{last}")
    assert_pdf(await student.get(f"/enrollments/{enrollment_id}/certificate"))
    await run_jobs()
    assert await classroom.rows("SELECT count(*) FROM certificates") == [(1,)]


async def test_E07_the_last_lesson_fifty_times_while_the_missing_one_is_removed_gives_one_certificate_and_one_email(
    classroom: Classroom,
    teacher: Person,
    student: Person,
    course: Json,
    enrollment_id: str,
    run_jobs: RunJobs,
    mailbox: Mailbox,
) -> None:
    missing = await classroom.lesson(teacher, course, title="The missing lesson")
    first, last, _ = [
        row["lessonId"] for row in (await student.get(f"/enrollments/{enrollment_id}")).json()["data"]["lessons"]
    ]
    path = f"/enrollments/{enrollment_id}/progress"
    await student.put(path, {"lessonId": first, "completed": True})
    writes = [student.put(path, {"lessonId": last, "completed": True}) for _ in range(50)]
    removal = teacher.delete(f"/courses/{course['id']}/lessons/{missing['id']}")
    answers = await asyncio.gather(*writes[:25], removal, *writes[25:], run_jobs())
    assert {answer.status_code for answer in answers[:-1]} <= {200, 503}
    await run_jobs()
    assert await classroom.rows("SELECT count(*) FROM certificates JOIN enrollments ON code = certificate_code") == [
        (1,)
    ]
    assert len(about_certificates(mailbox)) == 1


async def test_there_is_no_certificate_before_the_completion_or_for_anybody_else(
    classroom: Classroom, student: Person, admin: Person, enrollment_id: str, complete: Complete
) -> None:
    path = f"/enrollments/{enrollment_id}/certificate"
    assert refusal(await student.get(path)) == (404, "certificate_not_found")
    await complete(student, enrollment_id)
    for stranger in (await classroom.person("student"), admin):
        assert refusal(await stranger.get(path)) == (404, "enrollment_not_found")
    assert refusal(await classroom.get(path)) == (401, "unauthorized")
    assert refusal(await student.get(f"/enrollments/{student.id}/certificate")) == (404, "enrollment_not_found")


@pytest.mark.parametrize("operation", ["", "/pdf", "/credential"])
async def test_E10_a_guessed_code_is_not_there_whatever_its_form(classroom: Classroom, operation: str) -> None:
    guesses = [new_code(), "0" * 20, "U" * 20, "short", "x" * 500, "%00", "ä" * 20, "1" * 19 + "'", "' OR 1=1--"]
    async with classroom.unchanged():
        for guess in guesses:
            answer = await classroom.get(f"/certificates/{guess}{operation}")
            assert refusal(answer) in {(404, "certificate_not_found"), (404, "not_found"), (422, "validation_failed")}
            assert answer.status_code == 404


async def test_a_code_is_read_as_people_type_it(
    classroom: Classroom, student: Person, enrollment_id: str, complete: Complete
) -> None:
    code = (await complete(student, enrollment_id))["certificate"]["code"]
    for typed in (code.lower(), show_code(code), code.replace("0", "o").replace("1", "l")):
        assert (await check(classroom, typed))["code"] == code


async def test_E10_a_refund_revokes_and_access_that_comes_back_makes_valid_again(
    classroom: Classroom,
    shop: Shop,
    admin: Person,
    student: Person,
    payment: Json,
    enrollment_id: str,
    complete: Complete,
) -> None:
    code = (await complete(student, enrollment_id))["certificate"]["code"]
    await shop.refund(admin, payment["id"])
    await shop.settle()
    revoked = await check(classroom, code)
    assert (revoked["valid"], revoked["revoked"], revoked["name"]) == (False, True, student.name)
    assert revoked["revokedAt"] > revoked["issuedAt"]
    for answer in (
        await student.get(f"/enrollments/{enrollment_id}/certificate"),
        await classroom.get(f"/certificates/{code}/pdf"),
        await classroom.get(f"/certificates/{code}/credential"),
    ):
        assert refusal(answer) == (403, "certificate_revoked")
    ((refund_id,),) = await classroom.rows("SELECT provider_refund_id FROM refunds")
    shop.standin.settle_refund(refund_id, "failed")
    await shop.settle()
    again = await check(classroom, code)
    assert (again["valid"], again["revokedAt"]) == (True, None)
    assert_pdf(await student.get(f"/enrollments/{enrollment_id}/certificate"))


async def test_a_term_that_has_ended_revokes_nothing(
    classroom: Classroom, student: Person, enrollment_id: str, complete: Complete
) -> None:
    code = (await complete(student, enrollment_id))["certificate"]["code"]
    await classroom.db.execute("UPDATE access_grants SET valid_until = now() - interval '1 second'")
    assert (await check(classroom, code))["valid"] is True


async def test_later_names_and_lessons_change_no_certificate(
    classroom: Classroom,
    teacher: Person,
    student: Person,
    course: Json,
    enrollment_id: str,
    complete: Complete,
    run_jobs: RunJobs,
) -> None:
    code = (await complete(student, enrollment_id))["certificate"]["code"]
    await run_jobs()
    before, printed = await check(classroom, code), (await classroom.get(f"/certificates/{code}/pdf")).content
    for person in (teacher, student):
        assert (await person.put("/users/me", {"name": "Another Name"})).status_code == 200
    assert (await teacher.put(f"/courses/{course['id']}", {"title": "Another title"})).status_code == 200
    await classroom.lesson(teacher, course, title="News")
    assert await check(classroom, code) == before
    assert (await classroom.get(f"/certificates/{code}/pdf")).content == printed
    assert_pdf(await student.get(f"/enrollments/{enrollment_id}/certificate"))


async def test_an_erased_learner_leaves_a_revoked_code_without_a_name(
    classroom: Classroom, people: People, student: Person, enrollment_id: str, complete: Complete, run_jobs: RunJobs
) -> None:
    code = (await complete(student, enrollment_id))["certificate"]["code"]
    await run_jobs()
    exported = await people.value("SELECT count(*) FROM certificates WHERE learner_name = %s", student.name)
    assert exported == 1
    assert (await student.delete(f"/users/{student.id}")).status_code == 202
    await run_jobs()
    left = await check(classroom, code)
    assert (left["valid"], left["revoked"], left["name"]) == (False, True, None)
    assert left["revokedAt"]
    assert refusal(await classroom.get(f"/certificates/{code}/pdf")) == (403, "certificate_revoked")


async def test_who_is_erased_before_the_job_ran_gets_no_certificate(
    classroom: Classroom, student: Person, enrollment_id: str, complete: Complete, run_jobs: RunJobs, mailbox: Mailbox
) -> None:
    code = (await complete(student, enrollment_id))["certificate"]["code"]
    assert (await student.delete(f"/users/{student.id}")).status_code == 202
    await run_jobs()
    assert await classroom.rows("SELECT count(*) FROM certificates") == [(0,)]
    assert refusal(await classroom.get(f"/certificates/{code}")) == (404, "certificate_not_found")
    assert about_certificates(mailbox) == []


async def test_the_certificates_of_an_erased_instructor_stay_valid_without_the_name(
    classroom: Classroom, teacher: Person, student: Person, enrollment_id: str, complete: Complete, run_jobs: RunJobs
) -> None:
    code = (await complete(student, enrollment_id))["certificate"]["code"]
    await run_jobs()
    assert (await teacher.delete(f"/users/{teacher.id}")).status_code == 202
    await run_jobs()
    left = await check(classroom, code)
    assert (left["valid"], left["instructor"], left["name"]) == (True, None, student.name)
    assert_pdf(await classroom.get(f"/certificates/{code}/pdf"))


async def test_completions_of_a_whole_course_get_their_certificates_in_parts(
    classroom: Classroom, student: Person, course: Json, enrollment_id: str, complete: Complete, resources: Resources
) -> None:
    """What the job of one completion missed, the job of the course and the hourly one find."""
    await complete(student, enrollment_id)
    await issue_missing(resources.database, course_id=course["id"], deadline=Deadline(0))
    assert await classroom.rows("SELECT count(*) FROM certificates") == [(0,)]
    deferred = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'certificates.issue_missing'"
    assert await classroom.rows(deferred) == [(1,)]
    await issue_missing(resources.database, course_id=course["id"], deadline=Deadline.within(9))
    assert await classroom.rows("SELECT count(*) FROM certificates") == [(1,)]


async def test_an_old_completion_without_certificate_gets_one_without_an_email(
    classroom: Classroom,
    student: Person,
    enrollment_id: str,
    complete: Complete,
    resources: Resources,
    run_jobs: RunJobs,
    mailbox: Mailbox,
) -> None:
    await complete(student, enrollment_id)
    await issue_overdue(resources.database, deadline=Deadline.within(9))
    assert await classroom.rows("SELECT count(*) FROM certificates") == [(0,)]
    await classroom.db.execute("UPDATE enrollments SET completed_at = completed_at - interval '2 days'")
    await issue_overdue(resources.database, deadline=Deadline.within(9))
    assert await classroom.rows("SELECT count(*) FROM certificates") == [(1,)]
    await run_jobs()
    assert about_certificates(mailbox) == []


async def test_a_process_without_typesetting_says_that_printing_is_unavailable(
    classroom: Classroom, student: Person, enrollment_id: str, complete: Complete, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await complete(student, enrollment_id)
    monkeypatch.setitem(sys.modules, "typst", None)
    answer = await classroom.get(f"/certificates/{done['certificate']['code']}/pdf")
    assert refusal(answer) == (503, "unavailable")
    assert "retry-after" in answer.headers
