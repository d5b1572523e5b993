"""Attachments: files of a lesson for those who may open it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from tests.support.classroom import Classroom, Person, refusal
from tests.support.films import Studio

from coursify.core.settings import Settings
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

PDF = b"%PDF-1.7 " + bytes(range(256)) * 1_000


async def download(person: Person | None, url: str, client: httpx.AsyncClient) -> httpx.Response:
    return await client.get(url, headers={"Authorization": f"Bearer {person.token}"} if person else {})


async def test_learners_download_what_the_author_added(
    classroom: Classroom, studio: Studio, admin: Person, client: httpx.AsyncClient, scratch: Path
) -> None:
    await classroom.lesson(studio.owner, studio.course)
    await studio.owner.put(studio.path, {"content": "<p>Read</p>"})
    await studio.owner.post(f"/courses/{studio.course['id']}/submit")
    await admin.post(f"/admin/courses/{studio.course['id']}/approve")
    added = await studio.form("The paper “№ 1”.pdf", PDF, "application/pdf", to="attachments")
    assert added.status_code == 201, added.text
    shown = added.json()["data"]
    assert shown == {
        "id": shown["id"],
        "filename": "The paper “№ 1”.pdf",
        "type": "application/pdf",
        "size": len(PDF),
        "url": f"/media{studio.path}/attachments/{shown['id']}",
        "createdAt": shown["createdAt"],
    }
    learner, stranger = await classroom.person("student"), await classroom.person("student")
    await classroom.enroll(learner, studio.course)
    for person in (learner, studio.owner, admin):
        assert (await person.get(f"{studio.path}/attachments")).json()["data"] == [shown]
        answer = await download(person, shown["url"], client)
        assert answer.content == PDF
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == (
            'attachment; filename="The paper __ 1_.pdf"; '
            "filename*=UTF-8''The%20paper%20%E2%80%9C%E2%84%96%201%E2%80%9D.pdf"
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
    for other in (stranger, None):
        assert refusal(await download(other, shown["url"], client)) == (403, "not_enrolled")
    await classroom.db.execute("UPDATE access_grants SET revoked_at = now(), reason = 'refund'")
    assert refusal(await download(learner, shown["url"], client)) == (403, "access_closed")
    assert refusal(await learner.get(f"{studio.path}/attachments")) == (403, "access_closed")


async def test_a_deleted_attachment_is_gone(
    studio: Studio, run_jobs: RunJobs, client: httpx.AsyncClient, settings: Settings, scratch: Path
) -> None:
    shown = (await studio.form("a.zip", b"PK\x03\x04" + bytes(50), "application/zip", to="attachments")).json()["data"]
    path = f"{studio.path}/attachments/{shown['id']}"
    folder = settings.media.media_folder / await studio.asset("path")  # type: ignore[operator]
    assert (await studio.owner.delete(path)).status_code == 200
    assert refusal(await download(studio.owner, shown["url"], client)) == (404, "attachment_not_found")
    assert refusal(await studio.owner.delete(path)) == (404, "attachment_not_found")
    await run_jobs()
    assert not folder.exists()
    assert await studio.classroom.rows("SELECT count(*) FROM assets") == [(0,)]


async def test_an_attachment_of_another_lesson_is_a_404(studio: Studio, client: httpx.AsyncClient) -> None:
    shown = (await studio.form("a.txt", b"words", "text/plain", to="attachments")).json()["data"]
    other = await studio.classroom.lesson(studio.owner, studio.course)
    url = shown["url"].replace(studio.lesson["id"], other["id"])
    assert refusal(await download(studio.owner, url, client)) == (404, "attachment_not_found")


async def test_a_form_without_a_file_is_refused(studio: Studio, scratch: Path) -> None:
    path = f"{studio.path}/attachments"
    answer = await studio.owner.call("POST", path, data={"file": "https://127.0.0.1/a.pdf"})
    assert answer.status_code == 415
    answer = await studio.owner.call("POST", path, files={"file": (None, "https://127.0.0.1/a.pdf")})
    assert answer.status_code == 422
    assert await studio.asset() is None


async def test_a_lesson_has_at_most_50_attachments(studio: Studio) -> None:
    shown = (await studio.form("a.txt", b"words", "text/plain", to="attachments")).json()["data"]
    for number in range(49):
        await studio.classroom.db.execute(
            """
            WITH copied AS (
                INSERT INTO assets (owner_id, kind, status, path, filename, content_type, size_bytes, created_at)
                SELECT owner_id, kind, status, substr(md5(%(number)s::text), 1, 32), filename, content_type, 1, now()
                FROM assets JOIN lesson_attachments ON assets.id = asset_id WHERE lesson_attachments.id = %(id)s
                RETURNING id
            )
            INSERT INTO lesson_attachments (lesson_id, asset_id, created_at)
            SELECT %(lesson)s, id, now() FROM copied
            """,
            {"number": number, "id": shown["id"], "lesson": studio.lesson["id"]},
        )
    answer = await studio.form("b.txt", b"words", "text/plain", to="attachments")
    assert refusal(answer) == (409, "too_many_attachments")
