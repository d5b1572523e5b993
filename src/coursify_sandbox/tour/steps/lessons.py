"""The student reads a lesson, completes the course and reviews it."""

from __future__ import annotations

from coursify_sandbox.tour.context import TourContext

COMMENT = "My first loaf was flat, my third was eaten warm. Thank you!"


def open_lesson(context: TourContext) -> None:
    lesson = context.lessons[1]
    path = f"/courses/{context.course['id']}/lessons/{lesson['id']}"
    opened = context.request(context.student, "GET", path, status=200)["data"]
    context.check("the content of the lesson", opened["content"], lesson["content"])


def complete_course(context: TourContext) -> None:
    mine = context.request(context.student, "GET", "/enrollments", status=200)["data"]
    context.check("the student's courses", [entry["courseId"] for entry in mine], [context.course["id"]])
    items = [{"lessonId": lesson["id"], "completed": True} for lesson in context.lessons]
    path = f"/enrollments/{mine[0]['id']}/progress"
    first = context.request(context.student, "PUT", path, {"items": items[:1]}, status=200)["data"]
    context.check("the progress after one of three lessons", first["progress"], 33)
    context.enrollment = context.request(context.student, "PUT", path, {"items": items[1:]}, status=200)["data"]
    context.check("the progress after all lessons", context.enrollment["progress"], 100)
    context.wait_for_email(f"certificate:{context.enrollment['id']}", context.student)


def write_review(context: TourContext) -> None:
    path = f"/courses/{context.course['id']}/reviews"
    context.request(context.student, "POST", path, {"rating": 5, "comment": COMMENT}, status=201)
    listed = context.request(None, "GET", path, status=200)
    context.check("the rating of the course", (listed["meta"]["averageRating"], listed["meta"]["ratingCount"]), (5, 1))
    context.check("the review", listed["data"][0]["comment"], COMMENT)
