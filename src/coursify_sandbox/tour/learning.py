"""The third act: the student learns, finishes and praises."""

from __future__ import annotations

from coursify_sandbox.tour.stage import Stage

COMMENT = "My first loaf was flat, my third was eaten warm. Thank you!"


def open_lesson(stage: Stage) -> None:
    lesson = stage.lessons[1]
    path = f"/courses/{stage.course['id']}/lessons/{lesson['id']}"
    opened = stage.ask(stage.student, "GET", path, wants=200)["data"]
    stage.want("the lesson's text", opened["content"], lesson["content"])


def finish_course(stage: Stage) -> None:
    mine = stage.ask(stage.student, "GET", "/enrollments", wants=200)["data"]
    stage.want("the courses of the student", [entry["courseId"] for entry in mine], [stage.course["id"]])
    items = [{"lessonId": lesson["id"], "completed": True} for lesson in stage.lessons]
    path = f"/enrollments/{mine[0]['id']}/progress"
    first = stage.ask(stage.student, "PUT", path, {"items": items[:1]}, wants=200)["data"]
    stage.want("the progress after one of three lessons", first["progress"], 33)
    stage.enrollment = stage.ask(stage.student, "PUT", path, {"items": items[1:]}, wants=200)["data"]
    stage.want("the progress after all of them", stage.enrollment["progress"], 100)


def write_review(stage: Stage) -> None:
    path = f"/courses/{stage.course['id']}/reviews"
    stage.ask(stage.student, "POST", path, {"rating": 5, "comment": COMMENT}, wants=201)
    listed = stage.ask(None, "GET", path, wants=200)
    stage.want("the course's rating", (listed["meta"]["averageRating"], listed["meta"]["ratingCount"]), (5, 1))
    stage.want("the review", listed["data"][0]["comment"], COMMENT)
