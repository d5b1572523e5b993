"""Pictures of courses and people: stored in three sizes, shown wherever they belong, replaced and removed."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.support.application import client_of
from tests.support.classroom import Classroom, Person, refusal
from tests.support.people import People
from tests.support.pictures import opened, part, picture, scratch_files, stored_files
from tests.support.shop import Shop

from coursify.core.settings import Settings
from coursify.modules.media.scratch import Scratch
from coursify.modules.media.services.release_expired_uploads import release_expired_uploads
from coursify.resources import Resources
from coursify.worker import RunJobs

pytestmark = pytest.mark.anyio

Json = dict[str, Any]


async def upload(owner: Person, course: Json, content: bytes | None = None, **options: Any) -> Json:
    files = part(picture() if content is None else content, **options)
    answer = await owner.post(f"/courses/{course['id']}/image", **files)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def test_a_picture_is_served_in_three_sizes(
    client: httpx.AsyncClient, teacher: Person, course: Json, settings: Settings
) -> None:
    shown = await upload(
        teacher, course, picture("jpg", width=3_000, height=1_500), name="cover.JPG", content_type="image/jpeg"
    )
    assert shown["imageUrl"] == shown["imageSizes"]["medium"]
    for name, size in {"small": (320, 160), "medium": (640, 320), "large": (1_280, 640)}.items():
        url = shown["imageSizes"][name]
        assert url.startswith("http://testserver/media/images/")
        answer = await client.get(url)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert opened(answer.content).size == size
        assert opened(answer.content).format == "WEBP"
    assert scratch_files(settings) == []


async def test_a_picture_under_another_part_name_is_422_by_name(
    teacher: Person, course: Json, settings: Settings
) -> None:
    before = stored_files(settings)
    files = {"image": ("cover.png", picture() + bytes(9_000), "image/png")}
    answer = await teacher.post(f"/courses/{course['id']}/image", files=files)
    assert refusal(answer) == (422, "validation_failed")
    assert [detail["field"] for detail in answer.json()["error"]["details"]] == ["image", "file"]
    assert stored_files(settings) == before
    assert scratch_files(settings) == []


async def test_a_small_picture_is_not_enlarged(client: httpx.AsyncClient, teacher: Person, course: Json) -> None:
    shown = await upload(teacher, course, picture(width=10, height=20))
    for url in shown["imageSizes"].values():
        assert opened((await client.get(url)).content).size == (10, 20)


async def test_a_client_that_has_the_picture_gets_304(client: httpx.AsyncClient, teacher: Person, course: Json) -> None:
    url = (await upload(teacher, course))["imageUrl"]
    tag = (await client.get(url)).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = await client.get(url, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    assert (await client.get(url, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_head_has_the_headers_of_the_picture_and_no_body(
    client: httpx.AsyncClient, teacher: Person, course: Json
) -> None:
    url = (await upload(teacher, course))["imageUrl"]
    whole, head = await client.get(url), await client.head(url)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "etag", "cache-control"):
        assert head.headers[name] == whole.headers[name]


async def test_every_shape_of_a_course_has_its_picture(
    classroom: Classroom, shop: Shop, teacher: Person, admin: Person, student: Person, course: Json
) -> None:
    shown = await upload(teacher, course, name="a.png", content_type="image/png")
    sizes = shown["imageSizes"]
    await shop.buy(student, course["id"])
    listed = (await classroom.get("/courses")).json()["data"][0]
    detail = (await classroom.get(f"/courses/{course['id']}")).json()["data"]
    own = (await teacher.get("/courses/mine")).json()["data"][0]
    editable = (await teacher.put(f"/courses/{course['id']}", {"title": "New"})).json()["data"]
    enrolled = (await student.get(f"/users/{student.id}/enrollments")).json()["data"][0]["course"]
    profile = (await classroom.get(f"/users/{teacher.id}")).json()["data"]["courses"][0]
    for found in (listed, detail, own, editable, enrolled, profile):
        assert (found["imageUrl"], found["imageSizes"]) == (sizes["medium"], sizes)
        assert found["imageAltText"] is None
    item = (await student.get("/payments")).json()["data"][0]["items"][0]
    assert (item["imageUrl"], item["imageSizes"]) == (sizes["medium"], sizes)


async def test_a_picture_has_a_text_until_it_is_uploaded_without_one(
    classroom: Classroom, teacher: Person, course: Json
) -> None:
    path = f"/courses/{course['id']}/image"
    given = await teacher.post(path, **part(picture()), data={"altText": "  A  crab\u200b "})
    assert given.json()["data"]["altText"] == "A  crab"
    assert (await classroom.get(f"/courses/{course['id']}")).json()["data"]["imageAltText"] == "A  crab"
    await teacher.post(path, **part(picture()), data={"altText": ""})
    assert (await classroom.get(f"/courses/{course['id']}")).json()["data"]["imageAltText"] is None


@pytest.mark.parametrize("text", ["x" * 301, "a\0b", "\u200b"])
async def test_a_wrong_text_is_422(teacher: Person, course: Json, settings: Settings, text: str) -> None:
    before = stored_files(settings)
    answer = await teacher.post(f"/courses/{course['id']}/image", **part(picture()), data={"altText": text})
    assert refusal(answer) == (422, "validation_failed")
    assert answer.json()["error"]["details"][0]["field"] == "altText"
    assert stored_files(settings) == before


async def test_a_new_picture_replaces_the_one_before(
    client: httpx.AsyncClient, teacher: Person, course: Json, settings: Settings, run_jobs: RunJobs
) -> None:
    before = stored_files(settings)
    first = (await upload(teacher, course))["imageUrl"]
    second = (await upload(teacher, course, picture(color="red")))["imageUrl"]
    assert first != second
    assert (await client.get(first)).status_code == 404
    assert (await client.get(second)).status_code == 200
    await run_jobs()
    assert len(stored_files(settings) - before) == 3


async def test_a_picture_is_removed_by_its_owner_or_an_admin(
    classroom: Classroom, teacher: Person, admin: Person, course: Json, settings: Settings, run_jobs: RunJobs
) -> None:
    before = stored_files(settings)
    for person in (teacher, admin):
        url = (await upload(teacher, course))["imageUrl"]
        for _ in range(2):
            assert (await person.delete(f"/courses/{course['id']}/image")).status_code == 200
        assert (await classroom.get(f"/courses/{course['id']}")).json()["data"]["imageUrl"] is None
        answer = await classroom.client.get(url)
        assert refusal(answer) == (404, "asset_not_found")
        assert answer.headers["cache-control"] == "no-store"
        await run_jobs()
        assert stored_files(settings) == before


async def test_learners_of_a_deleted_course_keep_its_picture(
    classroom: Classroom, teacher: Person, student: Person, course: Json
) -> None:
    url = (await upload(teacher, course))["imageUrl"]
    await classroom.enroll(student, course)
    assert (await teacher.delete(f"/courses/{course['id']}")).status_code == 200
    assert (await student.get(f"/users/{student.id}/enrollments")).json()["data"][0]["course"]["imageUrl"] == url
    assert (await classroom.client.get(url)).status_code == 200


async def test_a_person_has_a_picture_wherever_they_appear(
    classroom: Classroom, teacher: Person, student: Person, course: Json
) -> None:
    for person in (teacher, student):
        answer = await person.put("/users/me/avatar", **part(picture(color="navy")))
        assert answer.status_code == 200, answer.text
    mine = (await teacher.get("/users/me")).json()["data"]["avatarUrl"]
    assert opened((await classroom.client.get(mine)).content).size == (64, 48)
    assert (await classroom.get(f"/users/{teacher.id}")).json()["data"]["avatarUrl"] == mine
    for path in ("/courses", f"/courses/{course['id']}"):
        data = (await classroom.get(path)).json()["data"]
        found = data[0] if isinstance(data, list) else data
        assert found["instructor"]["avatarUrl"] == mine
    await classroom.enroll(student, course)
    enrolled = (await student.get(f"/users/{student.id}/enrollments")).json()["data"][0]
    assert enrolled["course"]["instructor"]["avatarUrl"] == mine
    await student.post(f"/courses/{course['id']}/reviews", {"rating": 5})
    review = (await classroom.get(f"/courses/{course['id']}/reviews")).json()["data"][0]
    assert review["author"]["avatarUrl"] == (await student.get("/users/me")).json()["data"]["avatarUrl"]


async def test_an_uploaded_picture_and_a_given_address_replace_each_other(people: People, settings: Settings) -> None:
    ada, address = await people.sign_up(), "https://pictures.example.com/ada.png"
    before = stored_files(settings)

    async def shown() -> Any:
        return (await ada.call("GET", "/users/me")).json()["data"]["avatarUrl"]

    async def put_picture() -> None:
        credential = {"Authorization": f"Bearer {ada.access_token}"}
        answer = await ada.client.put("/api/v1/users/me/avatar", headers=credential, **part(picture()))
        assert answer.status_code == 200, answer.text

    await ada.call("PUT", "/users/me", {"avatarUrl": address})
    assert await shown() == address
    await put_picture()
    assert (await shown()).startswith("http://testserver/media/images/")
    await ada.call("PUT", "/users/me", {"bio": "unrelated"})
    assert (await shown()).startswith("http://testserver/media/images/")
    await ada.call("PUT", "/users/me", {"avatarUrl": address})
    assert await shown() == address
    await people.run_jobs()
    assert stored_files(settings) == before
    await put_picture()
    await ada.call("DELETE", "/users/me/avatar")
    assert await shown() is None
    await people.run_jobs()
    assert stored_files(settings) == before


async def test_an_erased_person_has_no_picture(people: People, settings: Settings) -> None:
    ada = await people.sign_up("instructor")
    before = stored_files(settings)
    credential = {"Authorization": f"Bearer {ada.access_token}"}
    await ada.client.put("/api/v1/users/me/avatar", headers=credential, **part(picture(), name="ada at home.png"))
    url = (await ada.call("GET", "/users/me")).json()["data"]["avatarUrl"]
    await ada.call("POST", "/users/me/step-up", {"password": ada.password})
    assert (await ada.call("DELETE", f"/users/{ada.id}")).status_code == 202
    await people.run_jobs()
    assert (await people.client.get(url)).status_code == 404
    assert stored_files(settings) == before
    assert await people.value("SELECT count(*) FROM assets") == 0


async def test_another_public_address_counts_at_once(
    settings: Settings, teacher: Person, course: Json, clean: None
) -> None:
    path = urlsplit((await upload(teacher, course))["imageUrl"]).path
    media = settings.media.model_copy(update={"media_public_url": "https://pictures.example.com/m"})
    moved = settings.app.model_copy(update={"public_url": "http://127.0.0.1:9999"})
    for changes, url in (
        ({"app": moved}, f"http://127.0.0.1:9999{path}"),
        ({"media": media}, f"https://pictures.example.com/m{path.removeprefix('/media')}"),
    ):
        changed = dataclasses.replace(settings, **changes)
        async with client_of(changed) as client:
            headers = {"Host": "127.0.0.1:9999" if "app" in changes else "testserver"}
            answer = await client.get(f"/api/v1/courses/{course['id']}", headers=headers)
            assert answer.json()["data"]["imageUrl"] == url


async def test_nginx_sends_the_bytes_where_it_is_asked_to(settings: Settings, teacher: Person, course: Json) -> None:
    path = urlsplit((await upload(teacher, course))["imageUrl"]).path
    media = settings.media.model_copy(update={"media_accel_prefix": "/stored-media/"})
    async with client_of(dataclasses.replace(settings, media=media)) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["x-accel-redirect"] == path.replace("/media/images/", "/stored-media/")
    assert answer.headers["content-type"] == "image/webp"


async def test_limits_are_counted_exactly(settings: Settings, teacher: Person, course: Json) -> None:
    content = picture(width=500, height=500)
    sizes = (await upload(teacher, course, content))["imageSizes"]
    stored = 0
    for url in sizes.values():
        stored += len((await teacher.client.get(url)).content)
    media = settings.media.model_copy(update={"max_owner_bytes": 2 * stored})
    async with client_of(dataclasses.replace(settings, media=media)) as client:
        limited = dataclasses.replace(teacher, client=client)
        assert (await limited.put("/users/me/avatar", **part(content))).status_code == 200
        answer = await limited.post(f"/courses/{course['id']}/image", **part(content))
        assert refusal(answer) == (429, "storage_quota_exceeded")


async def test_what_a_killed_process_leaves_is_removed_by_a_job(
    classroom: Classroom, teacher: Person, course: Json, settings: Settings, run_jobs: RunJobs, resources: Resources
) -> None:
    before = stored_files(settings)
    await upload(teacher, course)
    await classroom.db.execute("UPDATE courses SET image_path = NULL, image_asset_id = NULL")
    await classroom.db.execute(
        "UPDATE assets SET status = 'uploading', expires_at = now() - interval '1 minute', ready_at = NULL"
    )
    scratch = Scratch(settings.media.media_scratch_folder)
    assert await release_expired_uploads(resources.database, resources.media, scratch) == 1
    await run_jobs()
    assert stored_files(settings) == before
    assert await classroom.rows("SELECT * FROM assets") == []
