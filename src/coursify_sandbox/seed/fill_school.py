"""Creates the school in one transaction: accounts, instructors, courses and the history."""

from __future__ import annotations

from datetime import datetime, timedelta

from coursify.core import mail
from coursify.core.database import Connection
from coursify.core.settings import Settings
from coursify.modules.certificates.queries import certificates
from coursify.modules.certificates.services.issue_certificate import issue_certificate
from coursify.modules.courses.queries import counters, views
from coursify.modules.enrollments.queries import enrollments
from coursify.modules.enrollments.services.store_completions import store_completions
from coursify.modules.payments.queries import payments
from coursify.modules.payments.services.request_refund import EXECUTE
from coursify.modules.users.services.create_user import create_user
from coursify.modules.webhooks import queries as webhooks
from coursify.modules.webhooks.services.store_events import PROVIDER
from coursify_sandbox.seed import queries
from coursify_sandbox.seed.accounts import SampleAccount
from coursify_sandbox.seed.apply_event import apply_event
from coursify_sandbox.seed.create_courses import create_courses, create_instructors
from coursify_sandbox.seed.plan_history import OPENED_DAYS_AGO, STUDENTS, Student, plan_history
from coursify_sandbox.seed.plan_views import plan_views
from coursify_sandbox.seed.progress import ProgressReporter
from coursify_sandbox.seed.sample_content import read_courses, read_texts
from coursify_sandbox.seed.school import School, caller_for

NOT_SENT = "sample data: not sent"
MANY = 100_000
Accounts = dict[SampleAccount, str]


async def fill_school(
    db: Connection,
    *,
    settings: Settings,
    accounts: Accounts,
    progress: ProgressReporter,
    now: datetime,
    is_empty: bool = False,
    students: int = STUDENTS,
) -> School:
    """Create the school. `accounts` maps to password hashes; with `is_empty` only they are created."""
    opened_at = now - timedelta(days=OPENED_DAYS_AGO)
    school = await _create_accounts(db, settings, accounts, now if is_empty else opened_at, is_empty=is_empty)
    if is_empty:
        return school
    await create_instructors(school, opened_at)
    await create_courses(school, progress, now=now)
    await _apply_history(school, accounts, progress, students=students, now=now)
    await _discard_pending_work(school, opened_at, now)
    return school


async def _create_accounts(
    db: Connection, settings: Settings, accounts: Accounts, opened_at: datetime, *, is_empty: bool
) -> School:
    """Create the accounts; the student signs up later as part of the history, unless there is none."""
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
    return School(db, settings, caller, people, await payments.next_fetch_number(db))


async def _apply_history(
    school: School, accounts: Accounts, progress: ProgressReporter, *, students: int, now: datetime
) -> None:
    courses = {course.title: course for course in read_courses() if course.title in school.courses}
    published_at = {title: course.published_at for title, course in school.courses.items()}
    account, password_hash = next(item for item in accounts.items() if item[0].role == "student")
    student = Student(account.name, account.email)
    events = plan_history(courses, published_at, read_texts(), demo_student=student, students=students, now=now)
    school.password_hashes[account.email] = password_hash
    for at, event in progress.track(events, "90 days of school", len(events)):
        await apply_event(school, event, now=at)
    await _store_progress(school)
    viewed = plan_views(courses, published_at, events, now=now)
    await views.add_views(
        school.db,
        course_ids=[school.courses[each.course].id for each in viewed],
        days=[each.day for each in viewed],
        views=[each.views for each in viewed],
        viewers=[each.viewers for each in viewed],
    )


async def _store_progress(school: School) -> None:
    """Store which lessons were completed at which time, and which courses by that."""
    rows = [
        (school.people[event.student.email], course.id, lesson_id, at)
        for at, event in school.studied
        for course in [school.courses[event.course]]
        for lesson_id in course.lesson_ids[: event.lessons]
    ]
    user_ids, course_ids, lesson_ids, times = map(list, zip(*rows, strict=True))
    studied = await queries.insert_progress(
        school.db, user_ids=user_ids, course_ids=course_ids, lesson_ids=lesson_ids, completed_at=times
    )
    await store_completions(school.db, enrollment_ids=studied)


async def _discard_pending_work(school: School, opened_at: datetime, now: datetime) -> None:
    """Issue certificates and set counters as jobs would, suppress the emails and delete the jobs of the history."""
    for enrollment_id in await certificates.list_overdue(school.db, before=now, limit=MANY):
        await issue_certificate(school.db, enrollment_id=enrollment_id, now=now)
    await queries.suppress_emails(school.db, reason=NOT_SENT)
    await queries.delete_jobs(school.db, names=[mail.SEND_EMAIL, EXECUTE])
    await webhooks.move_cursor(school.db, provider=PROVIDER, until=now)
    for counted in await enrollments.list_enrollment_counts(school.db, since=opened_at, now=now):
        await counters.set_enrollment_count(school.db, counted.course_id, enrollment_count=counted.enrollment_count)
