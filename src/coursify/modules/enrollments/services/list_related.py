"""What else somebody may like who looks at a course."""

from __future__ import annotations

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.modules.courses.models import CatalogueCourse
from coursify.modules.courses.queries import search
from coursify.modules.courses.services.find_similar import find_similar
from coursify.modules.enrollments.queries import related
from coursify.modules.enrollments.services.open_course import open_course

MAX_RELATED = 12
NEWEST_LEARNERS = 500
# With fewer, a list would say what a single learner learns.
LEAST_LEARNERS = 3


async def list_related(db: Connection, *, caller: Caller | None, id_or_slug: str) -> list[CatalogueCourse]:
    """On sale: what the same learners learn, then what has the same words. Raises CourseNotFound."""
    course = await open_course(db, caller=caller, id_or_slug=id_or_slug)
    ids = await related.list_learned_together(
        db, course.id, newest=NEWEST_LEARNERS, least_learners=LEAST_LEARNERS, limit=MAX_RELATED
    )
    if len(ids) < MAX_RELATED:
        ids += await find_similar(db, course, besides=ids, limit=MAX_RELATED - len(ids))
    return await search.list_courses_by_ids(db, ids, total=len(ids), relevance=[0] * len(ids)) if ids else []
