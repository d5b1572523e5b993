"""Errors of notices."""

from __future__ import annotations

from typing import ClassVar

from coursify.core.errors import Conflict, Invalid, NotFound


class NoticeNotFound(NotFound):
    code, message = "notice_not_found", "Notice not found."
    remedy = "Sign in as one of the two sides, or send the `token` of the email."


class ContactRequired(Invalid):
    code, message = "contact_required", "Give an email address, or sign in: we have to tell you what we decide."
    remedy = "Send `contact` with an email address. Only notices about child abuse may be anonymous."


class NoticeDecided(Conflict):
    code, message = "notice_decided", "This notice is decided already."
    remedy = "Load the notice again."


class DecisionNotPossible(Conflict):
    code, message = "decision_not_possible", "This decision does not fit the subject of the notice."
    remedy = (
        "`hide_review` and `restore_review` are for reviews, `suspend_sale` and `resume_sale` for courses and lessons."
    )


class SubjectDeleted(Conflict):
    code, message = "subject_deleted", "What this notice is about was deleted."
    remedy = "Decide `no_action`; the statement can say that it was deleted."


class AnotherAdminNeeded(Conflict):
    code, message = "another_admin_needed", "Another administrator has to decide about this appeal."
    is_final: ClassVar[bool] = False


class NoticeNotDecided(Conflict):
    code, message = "notice_not_decided", "There is no decision yet that you could appeal against."
    is_final: ClassVar[bool] = False


class AlreadyAppealed(Conflict):
    code, message = "already_appealed", "There was an appeal against this decision already."


class AppealTooLate(Conflict):
    code, message = "appeal_too_late", "An appeal is possible for six months after the decision."
