"""The first act: a course is written, handed in and approved."""

from __future__ import annotations

from coursify_sandbox.tour.stage import Person, Stage

PASSWORD = "tour-of-the-school!"
LESSONS = (
    ("Flour, water, salt, time", "<p>Four things, and the last one is the most important. Weigh the others.</p>"),
    (
        "The starter",
        "<p>Equal parts of flour and water, fed every day. After a week it rises and smells of apples.</p>",
    ),
    ("Baking", "<p>Very hot, with steam, and then patience: cut it only when it has cooled down.</p>"),
)


def sign_up_instructor(stage: Stage) -> None:
    _sign_up(stage, stage.instructor, "instructor")


def write_course(stage: Stage) -> None:
    body = {
        "title": f"A Good Loaf of Bread {stage.batch}",
        "subtitle": "Four ingredients and a little patience",
        "description": "<p>Bake one loaf a week, and by the fourth you will not buy bread again.</p>",
        "price": 4900,
        "currency": "usd",
        "category": "business",
        "level": "beginner",
    }
    stage.course = stage.ask(stage.instructor, "POST", "/courses", body, wants=201)["data"]
    stage.want("the status of a new course", stage.course["status"], "draft")
    for number, (title, content) in enumerate(LESSONS):
        lesson = {"title": title, "content": content, "durationSeconds": 600, "isPreview": number == 0}
        path = f"/courses/{stage.course['id']}/lessons"
        stage.lessons.append(stage.ask(stage.instructor, "POST", path, lesson, wants=201)["data"])


def hand_in(stage: Stage) -> None:
    path = f"/courses/{stage.course['id']}/submit"
    stage.want("its status", stage.ask(stage.instructor, "POST", path, wants=200)["data"]["status"], "pending")
    stage.ask(None, "GET", f"/courses/{stage.course['id']}", wants=404)
    stage.teller.note("Nobody but its author and the admins sees it yet.")


def approve(stage: Stage) -> None:
    account = next(account for account in stage.run["accounts"] if account["role"] == "admin")
    credentials = {"email": account["email"], "password": account["password"]}
    session = stage.ask(None, "POST", "/users/login", credentials, wants=200)["data"]
    stage.admin = Person("the admin", account["email"], session["user"]["id"], session["accessToken"])
    path = f"/admin/courses/{stage.course['id']}/approve"
    stage.course = stage.ask(stage.admin, "POST", path, wants=200)["data"]
    stage.want("its status", stage.course["status"], "published")


def sign_up_student(stage: Stage) -> None:
    _sign_up(stage, stage.student, "student")
    stage.await_letter(f"welcome:{stage.student.id}", stage.student)


def _sign_up(stage: Stage, person: Person, role: str) -> None:
    person.email = f"{role}-{stage.batch}@example.com"
    body = {"name": person.name, "email": person.email, "password": PASSWORD, "role": role}
    session = stage.ask(None, "POST", "/users/register", body, wants=201)["data"]
    person.id, person.token = session["user"]["id"], session["accessToken"]
    stage.want("the role", session["user"]["role"], role)
