"""Who teaches here: a person with the courses they have on sale, and what an admin's change does to those."""

from __future__ import annotations

from uuid import UUID

from fastapi import Request, Response

from coursify.core.caller import Caller
from coursify.core.database import Connection
from coursify.core.http import Db, MaybeSignedIn, Now, Router, SignedIn, WithDatabase, failures, reply
from coursify.core.http.conditional import cacheable
from coursify.core.pagination import Window
from coursify.core.policy import Policy, Who
from coursify.core.schema import Envelope, Output
from coursify.modules.courses.schemas.outgoing import CourseSummary, describe_sales
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.change_seller import change_seller
from coursify.modules.identity.errors import LastAdmin
from coursify.modules.identity.guards import WithAuthenticator
from coursify.modules.identity.schemas import UserChange
from coursify.modules.users.errors import UserNotFound
from coursify.modules.users.models import User
from coursify.modules.users.policies import can_manage, can_see_profile
from coursify.modules.users.queries import users
from coursify.modules.users.schemas import UserDetail, UserForAdmins

router = Router(tag="users")
admin_router = Router(tag="admin")

MAX_COURSES = 100
PROFILE_SECONDS = 15


class FullProfile(UserDetail):
    """A person as they, or an admin, see them."""

    courses: list[CourseSummary]

    @classmethod
    def with_courses(cls, user: User, courses: list[CourseSummary]) -> FullProfile:
        return cls(**UserDetail.of(user).model_dump(by_alias=False), courses=courses)


class InstructorProfile(Output):
    """An instructor as everyone sees them."""

    id: UUID
    name: str
    bio: str | None
    avatar_url: str | None
    courses: list[CourseSummary]

    @classmethod
    def of(cls, user: User, courses: list[CourseSummary]) -> InstructorProfile:
        shown = UserDetail.of(user)
        return cls(id=user.id, name=shown.name, bio=shown.bio, avatar_url=shown.avatar_url, courses=courses)


@router.get(
    "/users/{user_id:uuid}",
    operation_id="get_user",
    policy=Policy(Who.ANYONE, rule="an instructor; any other for oneself or an admin", rate="read"),
    response_model=Envelope[FullProfile] | Envelope[InstructorProfile],
    status_code=200,
    responses=failures(UserNotFound),
)
async def get_user(request: Request, user_id: UUID, caller: MaybeSignedIn, database: WithDatabase) -> Response:
    """An instructor's public profile with the courses on sale; oneself and admins see the full account."""
    async with database.read() as db:
        answer = reply(await _profile(db, user_id, caller), "User profile.")
    return cacheable(request, answer, max_age=PROFILE_SECONDS)


@admin_router.put(
    "/admin/users/{user_id}",
    operation_id="change_user",
    policy=Policy(Who.ADMIN, rule="never the last admin", step_up=True),
    response_model=Envelope[UserForAdmins],
    status_code=200,
    responses=failures(UserNotFound, LastAdmin),
)
async def change_user(
    user_id: UUID, body: UserChange, caller: SignedIn, authenticator: WithAuthenticator, db: Db, now: Now
) -> Response:
    """Change someone's role, suspend or restore them; the last active admin stays one.

    Courses of someone who is suspended or teaches no longer go off sale; those enrolled keep them.
    """
    user, sales = await change_seller(
        db, actor_id=caller.user_id, user_id=user_id, role=body.role, status=body.status, now=now
    )
    authenticator.sessions.invalidate(user_id)
    return reply(UserForAdmins.of(user), f"The person is changed.{describe_sales(sales)}")


async def _profile(db: Connection, user_id: UUID, caller: Caller | None) -> FullProfile | InstructorProfile:
    user = await users.get_user(db, user_id)
    sees_all = caller is not None and can_manage(caller, user_id) and user.status != "erased"
    if not sees_all and not can_see_profile(user):
        raise UserNotFound
    found = await browse_catalogue(
        db, text=None, filters={"instructor_id": user_id}, sort="newest", window=Window(None, MAX_COURSES, 0)
    )
    courses = [CourseSummary.of(course) for course in found.page.items]
    return FullProfile.with_courses(user, courses) if sees_all else InstructorProfile.of(user, courses)
