"""A body that fits, for each operation that takes one: shape is checked before the object."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.integration.policy.world import World

PASSWORD = "nobodys-password-1!"
TOKEN = "x" * 43


def body_of(operation: str, world: World, place: dict[str, str]) -> Any:
    """None where the operation takes no body."""
    course = world.courses["instructor"]
    bodies: dict[str, Any] = {
        "register_user": {"name": "New", "email": "new@example.com", "password": PASSWORD},
        "log_in": {"email": "nobody@example.com", "password": PASSWORD},
        "verify_second_factor": {"challenge": TOKEN, "code": "123456"},
        "refresh_token": {"refreshToken": TOKEN},
        "verify_email": {"token": TOKEN},
        "resend_verification": {"email": "nobody@example.com"},
        "forgot_password": {"email": "nobody@example.com"},
        "reset_password": {"token": TOKEN, "password": PASSWORD},
        "step_up": {"password": PASSWORD},
        "confirm_second_factor": {"code": "123456"},
        "update_me": {"bio": "changed"},
        "update_my_password": {"currentPassword": PASSWORD, "password": PASSWORD},
        "update_my_email": {"currentPassword": PASSWORD, "email": "new@example.com"},
        "update_user": {"bio": "changed"},
        "update_notification_preferences": {"digest": True},
        "change_user": {"status": "active"},
        "create_enrollment": {"courseId": course["id"]},
        "update_progress": {"lessonId": world.lessons[course["id"]], "completed": True},
        "start_payment": {"courseId": course["id"]},
        "refund_payment": {"paymentId": world.payments["other_student"]},
        "create_course": {"title": "Another", "description": "<p>x</p>", "price": 100, "category": "development"},
        "update_course": {"title": "Changed"},
        "add_lesson": {"title": "Added"},
        "reorder_lessons": {
            "lessonIds": [place.get("lesson_id", world.lessons.get(place.get("course_id", ""), str(uuid4())))]
        },
        "update_lesson": {"title": "Changed"},
        "update_curriculum": {"sections": []},
        "start_video_upload": {"filename": "one.mp4", "size": 100, "type": "video/mp4"},
        "create_category": {"slug": "cooking", "name": "Cooking"},
        "update_category": {"name": "Changed"},
        "reject_course": {"reason": "Too short."},
        "acknowledge_changes": {"revision": "0" * 32},
        "suspend_sale": {"reason": "Stolen pictures."},
        "report_review": {"reason": "spam"},
        "send_notice": {
            "subject": {"type": "course", "id": course["id"]},
            "reason": "copyright",
            "text": "Copied.",
            "contact": "someone@example.com",
        },
        "appeal_decision": {"text": "Look again."},
        "decide_notice": {"decision": "no_action", "statement": "Nothing is copied."},
        "hide_review": {"reason": "Advertising."},
        "post_review": {"rating": 4},
        "update_review": {"rating": 3},
        "reply_to_review": {"reply": "Thank you."},
    }
    return bodies.get(operation)


def query_of(operation: str, world: World) -> dict[str, str]:
    return {"courseId": world.courses["instructor"]["id"]} if operation == "get_course_access" else {}
