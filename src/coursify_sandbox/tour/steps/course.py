"""A course is created, submitted and approved; a student signs up."""

from __future__ import annotations

from coursify_sandbox.tour.context import Person, TourContext

PASSWORD = "tour-of-the-school!"
LESSONS = (
    ("Flour, water, salt, time", "<p>Four things, and the last one is the most important. Weigh the others.</p>"),
    (
        "The starter",
        "<p>Equal parts of flour and water, fed every day. After a week it rises and smells of apples.</p>",
    ),
    ("Baking", "<p>Very hot, with steam, and then patience: cut it only when it has cooled down.</p>"),
)


def sign_up_instructor(context: TourContext) -> None:
    _sign_up(context, context.instructor, "instructor")


def create_course(context: TourContext) -> None:
    body = {
        "title": f"A Good Loaf of Bread {context.suffix}",
        "subtitle": "Four ingredients and a little patience",
        "description": "<p>Bake one loaf a week, and by the fourth you will not buy bread again.</p>",
        "price": 4900,
        "currency": "usd",
        "category": "business",
        "level": "beginner",
    }
    context.course = context.request(context.instructor, "POST", "/courses", body, status=201)["data"]
    context.check("the status of a new course", context.course["status"], "draft")
    for number, (title, content) in enumerate(LESSONS):
        lesson = {"title": title, "content": content, "durationSeconds": 600, "isPreview": number == 0}
        path = f"/courses/{context.course['id']}/lessons"
        context.lessons.append(context.request(context.instructor, "POST", path, lesson, status=201)["data"])


def submit_course(context: TourContext) -> None:
    path = f"/courses/{context.course['id']}/submit"
    context.check(
        "the status", context.request(context.instructor, "POST", path, status=200)["data"]["status"], "pending"
    )
    context.request(None, "GET", f"/courses/{context.course['id']}", status=404)
    context.output.show_note("Only its instructor and admins can see it.")


def approve_course(context: TourContext) -> None:
    account = next(account for account in context.run_file["accounts"] if account["role"] == "admin")
    credentials = {"email": account["email"], "password": account["password"]}
    session = context.request(None, "POST", "/users/login", credentials, status=200)["data"]
    context.admin = Person("the admin", account["email"], session["user"]["id"], session["accessToken"])
    path = f"/admin/courses/{context.course['id']}/approve"
    context.course = context.request(context.admin, "POST", path, status=200)["data"]
    context.check("the status", context.course["status"], "published")


def sign_up_student(context: TourContext) -> None:
    _sign_up(context, context.student, "student")
    context.wait_for_email(f"welcome:{context.student.id}", context.student)


def _sign_up(context: TourContext, person: Person, role: str) -> None:
    person.email = f"{role}-{context.suffix}@example.com"
    body = {"name": person.name, "email": person.email, "password": PASSWORD, "role": role}
    session = context.request(None, "POST", "/users/register", body, status=201)["data"]
    person.id, person.token = session["user"]["id"], session["accessToken"]
    context.check("the role", session["user"]["role"], role)
