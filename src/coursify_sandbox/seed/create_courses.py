"""Creates the instructors and their courses, and submits the courses; the admin approves most of them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from coursify.modules.courses.models import SectionPlan
from coursify.modules.courses.services.add_lesson import add_lesson
from coursify.modules.courses.services.approve_course import approve_course
from coursify.modules.courses.services.arrange_curriculum import arrange_curriculum
from coursify.modules.courses.services.create_course import create_course
from coursify.modules.courses.services.reject_course import reject_course
from coursify.modules.courses.services.set_course_image import attach_course_image
from coursify.modules.courses.services.submit_course import submit_course
from coursify.modules.media.services.encode_picture import EncodedPicture
from coursify.modules.media.services.upload_picture import open_picture, store_picture
from coursify.modules.media.store import MediaStore
from coursify.modules.users.services.create_user import create_user
from coursify.modules.users.services.update_profile import update_profile
from coursify.resources import make_store
from coursify_sandbox.seed.draw_pictures import drawing_pictures
from coursify_sandbox.seed.plan_history import DAYS, SEED
from coursify_sandbox.seed.progress import ProgressReporter
from coursify_sandbox.seed.sample_content import SampleCourse, read_courses, read_instructors
from coursify_sandbox.seed.school import PublishedCourse, School, caller_for

# Most courses are older than the first purchase; every fourth is newer.
OLDEST_DAYS, NEWEST_DAYS, EVERY_NEWER = 130, 4, 4
REJECTED_BECAUSE = "The second lesson ends in the middle of a sentence. Please finish it and submit the course again."


async def create_instructors(school: School, opened_at: datetime) -> None:
    """Create the instructors, except the one whose account exists, and set their profiles."""
    for instructor in read_instructors():
        email = instructor.email or f"{instructor.name}@example.com".lower().replace(" ", ".")
        if email not in school.people:
            user = await create_user(
                school.db,
                name=instructor.name,
                email=email,
                password_hash=None,
                role="instructor",
                email_verified_at=opened_at,
                now=opened_at,
            )
            school.people[email] = user.id
        user_id = school.people[email]
        school.instructors[instructor.name] = user_id
        caller = caller_for(user_id, "instructor", now=opened_at)
        changes = {"name": instructor.name, "bio": instructor.bio}
        await update_profile(school.db, caller=caller, user_id=user_id, changes=changes, now=opened_at)


async def create_courses(school: School, progress: ProgressReporter, *, now: datetime) -> None:
    """Create every sample course in the order of its creation time."""
    created_at = sorted(_choose_creation_times(now).items(), key=lambda entry: entry[1])
    courses = {course.title: course for course in read_courses()}
    store = make_store(school.settings)
    with drawing_pictures([title for title, _at in created_at]) as pictures:
        for title, at in progress.track(created_at, "Courses", len(created_at)):
            course_id = await _create_course(school, courses[title], at)
            await _give_picture(school, store, courses[title], course_id, await pictures[title], now=at)
    await store.close()


def _choose_creation_times(now: datetime) -> dict[str, datetime]:
    generator = random.Random(SEED)
    created_at = {}
    for number, course in enumerate(read_courses()):
        is_newer = number % EVERY_NEWER == 2 or not course.is_on_sale
        days = generator.uniform(NEWEST_DAYS, 60) if is_newer else generator.uniform(DAYS + 5, OLDEST_DAYS)
        created_at[course.title] = now - timedelta(days=days)
    return created_at


async def _create_course(school: School, course: SampleCourse, created_at: datetime) -> UUID:
    """Create the course with its lessons, and submit it three days later."""
    instructor_id = school.instructors[course.instructor]
    draft = await create_course(
        school.db,
        instructor_id=instructor_id,
        title=course.title,
        subtitle=course.subtitle,
        description=course.description,
        requirements=course.requirements,
        outcomes=course.outcomes,
        price_minor=course.price,
        currency=course.currency,
        category=course.category,
        level=course.level,
        language=course.language,
        now=created_at,
    )
    lesson_ids = await _add_lessons(school, course, draft.id, created_at)
    published_at = created_at + timedelta(days=3)
    if await _submit(school, course, draft.id, published_at):
        school.courses[course.title] = PublishedCourse(draft.id, instructor_id, tuple(lesson_ids), published_at)
    return draft.id


async def _give_picture(
    school: School,
    store: MediaStore,
    course: SampleCourse,
    course_id: UUID,
    encoded: EncodedPicture,
    *,
    now: datetime,
) -> None:
    author = caller_for(school.instructors[course.instructor], "instructor", now=now)
    name, limits = f"{course.title}.png", school.settings.media
    asset = await open_picture(
        school.db, owner_id=author.user_id, filename=name, encoded=encoded, limits=limits, now=now
    )
    picture = await store_picture(store, asset, encoded)
    await attach_course_image(
        school.db, caller=author, course_id=course_id, picture=picture, alt_text=f"Cover of {course.title}", now=now
    )


async def _add_lessons(school: School, course: SampleCourse, course_id: UUID, created_at: datetime) -> list[UUID]:
    """Add the lessons, one every three hours, and divide them into sections a day later."""
    author = caller_for(school.instructors[course.instructor], "instructor", now=created_at)
    lesson_ids: list[UUID] = []
    for number, lesson in enumerate(course.lessons):
        added = await add_lesson(
            school.db,
            caller=author,
            course_id=course_id,
            title=lesson.title,
            content=lesson.content,
            is_preview=number == 0,
            duration_seconds=lesson.minutes * 60,
            now=created_at + timedelta(hours=3 * number + 1),
        )
        lesson_ids.append(added.id)
    if course.sections:
        await arrange_curriculum(
            school.db,
            caller=author,
            course_id=course_id,
            plan=_plan_sections(course, lesson_ids),
            expected_version=None,
            now=created_at + timedelta(days=1),
        )
    return lesson_ids


def _plan_sections(course: SampleCourse, lesson_ids: list[UUID]) -> list[SectionPlan]:
    following = iter(lesson_ids)
    return [
        SectionPlan(None, section.title, tuple(islice(following, section.lesson_count))) for section in course.sections
    ]


async def _submit(school: School, course: SampleCourse, course_id: UUID, at: datetime) -> bool:
    """Submit the course and let the admin decide; return whether it is published."""
    if course.status == "draft":
        return False
    author = caller_for(school.instructors[course.instructor], "instructor", now=at)
    await submit_course(school.db, caller=author, course_id=course_id, now=at - timedelta(hours=20))
    if course.status == "rejected":
        await reject_course(school.db, caller=school.admin, course_id=course_id, reason=REJECTED_BECAUSE, now=at)
    if course.status != "published":
        return False
    await approve_course(school.db, caller=school.admin, course_id=course_id, now=at)
    return True
