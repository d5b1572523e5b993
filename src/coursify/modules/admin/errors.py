"""Errors of the work list, jobs and emails."""

from __future__ import annotations

from typing import ClassVar

from coursify.core.errors import Conflict, NotFound


class AttentionItemNotFound(NotFound):
    code, message = "attention_item_not_found", "Work list item not found."


class AttentionItemResolved(Conflict):
    code, message = "attention_item_resolved", "This item is resolved already."
    remedy = "Load the work list again."


class ActionNotPossible(Conflict):
    code, message = "action_not_possible", "This action is not possible for this item; `actions` lists what is."
    remedy = "Offer only what `actions` of the item lists."
    is_final: ClassVar[bool] = False


class JobNotFound(NotFound):
    code, message = "job_not_found", "Job not found. A job that succeeded is deleted."


class JobNotFailed(Conflict):
    code, message = "job_not_failed", "Only a failed job can be retried; this one waits or runs."
    remedy = "Load the jobs again."
    is_final: ClassVar[bool] = False


class EmailNotFound(NotFound):
    code, message = "email_not_found", "Email not found."


class EmailNotResendable(Conflict):
    code = "email_not_resendable"
    message = "Only an email that failed, was not delivered or may not have left can be sent again."
    remedy = "Load the email again."
    is_final: ClassVar[bool] = False
