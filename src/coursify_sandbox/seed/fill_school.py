"""The whole school in one transaction: accounts, instructors, courses, and what happened since."""

from __future__ import annotations

from datetime import datetime, timedelta

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.settings import Settings
from coursify.modules.courses.queries import set_enrollment_count
from coursify.modules.enrollments import queries as enrollments
from coursify.modules.payments.services.request_refund import EXECUTE
from coursify.modules.users.services.create_user import create_user
from coursify.modules.webhooks import queries as webhooks
from coursify.modules.webhooks.services.store_events import PROVIDER
from coursify_sandbox.seed import queries
from coursify_sandbox.seed.accounts import SampleAccount
from coursify_sandbox.seed.catalogue import read_courses, read_words
from coursify_sandbox.seed.meter import Meter
from coursify_sandbox.seed.open_courses import hire_instructors, open_courses
from coursify_sandbox.seed.plan_history import OPENED_DAYS_AGO, STUDENTS, Student, plan_history
from coursify_sandbox.seed.play_event import play_event
from coursify_sandbox.seed.school import School, caller_for

NOT_SENT = "sample data: nobody to write to"
Accounts = dict[SampleAccount, str]


async def fill_school(
    db: Connection,
    *,
    settings: Settings,
    accounts: Accounts,
    meter: Meter,
    now: datetime,
    is_empty: bool = False,
    students: int = STUDENTS,
) -> School:
    """The school that was made. `accounts` come with the hashes of their passwords; `is_empty`: nobody but them."""
    opened_at = now - timedelta(days=OPENED_DAYS_AGO)
    school = await _open_doors(db, settings, accounts, now if is_empty else opened_at, is_empty=is_empty)
    if is_empty:
        return school
    await hire_instructors(school, opened_at)
    await open_courses(school, meter, now=now)
    await _play_history(school, accounts, meter, students=students, now=now)
    await _settle(school, opened_at, now)
    return school


async def _open_doors(
    db: Connection, settings: Settings, accounts: Accounts, opened_at: datetime, *, is_empty: bool
) -> School:
    """The accounts with a password; the student joins later, as the plan says, unless there is no plan."""
    people = {}
    for account, password_hash in accounts.items():
        if account.role == "student" and not is_empty:
            continue
        user = await create_user(
            db,
            name=account.name,
            email=account.email,
            password_hash=password_hash,
            role=account.role,
            email_verified_at=opened_at,
            now=opened_at,
        )
        people[account.email] = user.id
    admin = next(people[account.email] for account in accounts if account.role == "admin")
    caller = caller_for(admin, "admin", now=opened_at)
    return School(db, settings, caller, people)


async def _play_history(school: School, accounts: Accounts, meter: Meter, *, students: int, now: datetime) -> None:
    courses = {course.title: course for course in read_courses() if course.title in school.courses}
    published_at = {title: course.published_at for title, course in school.courses.items()}
    shown, password_hash = next(item for item in accounts.items() if item[0].role == "student")
    student = Student(shown.name, shown.email)
    events = plan_history(courses, published_at, read_words(), shown=student, students=students, now=now)
    school.password_hashes[shown.email] = password_hash
    for at, event in meter.follow(events, "90 days of school", len(events)):
        await play_event(school, event, now=at)


async def _settle(school: School, opened_at: datetime, now: datetime) -> None:
    """No letter goes out, no refund or event is asked for again, and the counters are as their job would make them."""
    await queries.suppress_letters(school.db, reason=NOT_SENT)
    await queries.drop_jobs(school.db, names=[mail.DELIVER, EXECUTE])
    await webhooks.move_cursor(school.db, provider=PROVIDER, until=now)
    for counted in await enrollments.list_enrollment_counts(school.db, since=opened_at):
        await set_enrollment_count(school.db, counted.course_id, enrollment_count=counted.enrollment_count)
