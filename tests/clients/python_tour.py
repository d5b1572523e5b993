"""The tour of the sandbox, played through the generated Python client alone."""

from __future__ import annotations

import io
import re
import secrets
import time
from typing import Any
from urllib.parse import urljoin

import httpx
from coursify_client import Coursify, CoursifyError, codes, types
from PIL import Image
from tests.support.films import mp4

from coursify_sandbox.run_file import RunFile

PASSWORD = "tour-of-the-school!"
LESSONS = ("Flour, water, salt, time", "The starter", "Baking")


def play(run: RunFile, recorder: httpx.BaseTransport) -> None:
    """Sells, opens, teaches, reviews and refunds a course."""
    suffix = secrets.token_hex(4)
    visitor, teacher, student, admin = (Coursify(run["api"], transport=recorder) for _ in range(4))
    with visitor, teacher, student, admin:
        course, lessons = publish(run, teacher, admin, suffix)
        assert [found["id"] for found in visitor.list_courses(search=f"loaf {suffix}")["data"]] == [course["id"]]
        sign_up(student, "student", suffix)
        assert code_of(lambda: student.get_lesson(course["id"], lessons[1]["id"])) == "not_enrolled"
        assert code_of(lambda: student.create_enrollment({"courseId": course["id"]})) == "payment_required"
        assert not student.get_course_access(course_id=course["id"])["data"]["mayLearn"]
        payment = buy(run, student, course)
        assert student.get_course_access(course_id=course["id"])["data"]["mayLearn"]
        learn(student, visitor, course, lessons)
        refund(student, payment)
        assert not student.get_course_access(course_id=course["id"])["data"]["mayLearn"]


def sign_up(client: Coursify, role: str, suffix: str) -> None:
    body: types.Registration = {
        "name": "Tess Tour",
        "email": f"{role}-{suffix}@example.com",
        "password": PASSWORD,
        "role": "instructor" if role == "instructor" else "student",
    }
    client.use_session(client.register_user(body)["data"])
    assert client.get_me()["data"]["role"] == role


def publish(run: RunFile, teacher: Coursify, admin: Coursify, suffix: str) -> tuple[Any, list[Any]]:
    sign_up(teacher, "instructor", suffix)
    body: types.CourseCreate = {
        "title": f"A Good Loaf of Bread {suffix}",
        "description": "<p>Bake one loaf a week, and by the fourth you will not buy bread again.</p>",
        "price": 4900,
        "currency": "usd",
        "category": "business",
        "level": "beginner",
    }
    course = teacher.create_course(body)["data"]
    picture = io.BytesIO()
    Image.linear_gradient("L").resize((640, 360)).convert("RGB").save(picture, "PNG")
    teacher.set_course_image(course["id"], body={"file": ("loaf.png", picture.getvalue(), "image/png")})
    lessons = [
        teacher.add_lesson(course["id"], {"title": title, "content": f"<p>{title}.</p>", "isPreview": number == 0})[
            "data"
        ]
        for number, title in enumerate(LESSONS)
    ]
    film(teacher, course["id"], lessons[1]["id"])
    assert teacher.submit_course(course["id"])["data"]["status"] == "pending"
    account = next(account for account in run["accounts"] if account["role"] == "admin")
    admin.use_session(admin.log_in({"email": account["email"], "password": account["password"]})["data"])
    return admin.approve_course(course["id"])["data"], lessons


def film(teacher: Coursify, course_id: str, lesson_id: str) -> None:
    teacher.upload_video(course_id, lesson_id, body={"file": ("film.mp4", mp4(2), "video/mp4")})
    deadline = time.monotonic() + 120
    while (video := teacher.get_lesson(course_id, lesson_id)["data"]["video"]) is None or video["status"] != "ready":
        assert time.monotonic() < deadline, video
        time.sleep(0.3)


def buy(run: RunFile, student: Coursify, course: Any) -> types.PaymentOut:
    key = f"tour-{secrets.token_hex(8)}"
    first = student.start_payment({"courseId": course["id"]}, idempotency_key=key)
    assert student.start_payment({"courseId": course["id"]}, idempotency_key=key) == first
    assert student.last_response
    assert student.last_response.headers["Idempotent-Replayed"] == "true"
    assert confirm(run, first["data"], "pm_card_visa_chargeDeclined") == "card_declined"
    assert confirm(run, first["data"], "pm_card_visa") == "succeeded"
    return wait_for(student, first["data"]["payment"]["id"], "succeeded")


def confirm(run: RunFile, checkout: types.CheckoutOut, card: str) -> str:
    """As Stripe.js does; the status of the intent, or the code of the decline."""
    path = f"{run['stripe']}/v1/payment_intents/{checkout['payment']['transactionId']}/confirm"
    form = {
        "key": run["publishableKey"],
        "client_secret": checkout["clientSecret"],
        "payment_method": card,
        "return_url": "https://school.example.com/thanks",
    }
    answer = httpx.post(path, data=form, trust_env=False).json()
    return str(answer["error"]["code"] if "error" in answer else answer["status"])


def wait_for(student: Coursify, payment_id: str, status: str) -> types.PaymentOut:
    deadline = time.monotonic() + 30
    while (payment := student.get_payment(payment_id)["data"])["status"] != status:
        assert time.monotonic() < deadline, payment["status"]
        time.sleep(0.3)
    return payment


def learn(student: Coursify, visitor: Coursify, course: Any, lessons: list[Any]) -> None:
    assert student.get_lesson(course["id"], lessons[1]["id"])["data"]["content"] == "<p>The starter.</p>"
    watch(student, course["id"], lessons[1]["id"])
    enrollment = student.list_my_enrollments()["data"][0]
    items: list[types.ProgressItemIn] = [{"lessonId": lesson["id"], "completed": True} for lesson in lessons]
    assert student.update_progress(enrollment["id"], {"items": items})["data"]["progress"] == 100
    student.post_review(course["id"], {"rating": 5, "comment": "My third loaf was eaten warm."})
    assert visitor.list_course_reviews(course["id"])["data"][0]["rating"] == 5


def watch(student: Coursify, course_id: str, lesson_id: str) -> None:
    """As a player does: the playlists, the key and the first segment; none of them after the end."""
    playback = student.open_playback(course_id, lesson_id)["data"]
    assert playback["type"] == "hls"
    master = read(playback["url"]).decode()
    rendition = urljoin(playback["url"], next(line for line in master.splitlines() if line and line[0] != "#"))
    playlist = read(rendition).decode()
    [key] = re.findall(r'#EXT-X-KEY:.*URI="([^"]+)"', playlist)[:1]
    key_url = urljoin(rendition, key)
    assert len(read(key_url)) == 16
    segment = next(line for line in playlist.splitlines() if line and line[0] != "#")
    assert len(read(urljoin(rendition, segment))) > 1_000
    student.end_playback(playback["id"])
    assert httpx.get(key_url, trust_env=False).json()["error"]["code"] == "playback_refused"


def read(url: str) -> bytes:
    answer = httpx.get(url, trust_env=False)
    assert answer.status_code == 200, answer.text
    return answer.content


def refund(student: Coursify, payment: types.PaymentOut) -> None:
    student.refund_payment({"paymentId": payment["id"]}, idempotency_key=f"tour-{secrets.token_hex(8)}")
    wait_for(student, payment["id"], "refunded")


def code_of(call: Any) -> codes.GetLessonCode | codes.CreateEnrollmentCode | str:
    try:
        call()
    except CoursifyError as error:
        return error.code
    raise AssertionError("the call succeeded")
