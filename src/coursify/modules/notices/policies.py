"""Which side of a notice is this person on? May they appeal? Pure."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from coursify.modules.notices.errors import AlreadyAppealed, AppealTooLate, NoticeNotDecided
from coursify.modules.notices.models import Notice
from coursify.modules.notices.tokens import Side


def side_of(notice: Notice, user_id: UUID) -> Side | None:
    if user_id == notice.affected_id:
        return "affected"
    return "notifier" if user_id == notice.notifier_id else None


def require_appealable(notice: Notice, now: datetime) -> None:
    """One appeal, within six months after the decision. Raises NoticeNotDecided, AlreadyAppealed, AppealTooLate."""
    if notice.status == "open":
        raise NoticeNotDecided
    if notice.appealable_until is None:
        raise AlreadyAppealed
    if now > notice.appealable_until:
        raise AppealTooLate


def must_leave_to_another(notice: Notice, admin_id: UUID, *, active_admins: int) -> bool:
    """The admin who decided first does not decide about the appeal, where there is another one."""
    decided_by = {str(decision["decided_by"]) for decision in notice.decisions}
    return notice.status == "appealed" and str(admin_id) in decided_by and active_admins > 1
