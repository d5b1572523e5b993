"""Why this person may or may not open this course, in a sentence and grant by grant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.core.database import Connection
from coursify.modules.courses.queries import courses
from coursify.modules.enrollments.models import Explanation
from coursify.modules.enrollments.queries import grants
from coursify.modules.users.queries import users


async def explain_access(db: Connection, *, user_id: UUID, course_id: UUID, now: datetime) -> Explanation:
    """Raises CourseNotFound or UserNotFound; says nothing of preview lessons, which are open to anyone."""
    course = await courses.get_course(db, course_id)
    user = await users.get_user(db, user_id)
    every = await grants.list_grants(db, user_id=user_id, course_id=course_id)
    live = [grant for grant in every if grant.is_live(now)]
    if user.role == "admin":
        return Explanation(may_learn=True, because="Admins may open every course.", grants=every)
    if course.instructor_id == user_id:
        return Explanation(may_learn=True, because="This person teaches the course.", grants=every)
    if live:
        source = {"order_line": "a paid order", "free": "a free enrollment", "admin": "a gift"}[live[0].source_type]
        return Explanation(may_learn=True, because=f"A live grant from {source} opens the course.", grants=every)
    if every:
        last = every[-1]
        reason = f"revoked: {last.reason}" if last.reason else "its term has ended"
        return Explanation(may_learn=False, because=f"No grant is live any more; the last one: {reason}.", grants=every)
    return Explanation(may_learn=False, because="This person was never granted access to the course.", grants=every)
