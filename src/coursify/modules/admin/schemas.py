"""The work list and the jobs on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from coursify.core.pagination import PageQuery
from coursify.core.queries.queued_jobs import JobStatus, QueuedJob
from coursify.core.schema import Input, Moment, Output, Prose
from coursify.modules.attention.models import Action, AttentionItem, Kind


class AttentionQuery(PageQuery):
    kind: Kind | None = None
    state: Literal["open", "resolved"] = "open"


class ActionIn(Input):
    """What the admin wants remembered of it."""

    note: Annotated[Prose, Field(max_length=500)] | None = None


class AttentionObject(Output):
    """What the item is about: `payment`, `order`, `refund`, `refund_proposal`, `dispute`, `event`, `job`, `email`,
    `review`, `notice`.
    """

    type: str
    id: str


class AttentionOut(Output):
    """An item of the work list: why it is there, since when, and what can be done about it.

    Of a resolved one, `resolution` says what ended it: an action, or what happened by itself, without `resolvedBy`.
    """

    id: UUID
    kind: Kind
    object: AttentionObject
    since: Moment
    why: str
    actions: list[Action]
    resolved_at: Moment | None
    resolution: str | None
    resolved_by: UUID | None
    note: str | None

    @classmethod
    def of(cls, item: AttentionItem) -> AttentionOut:
        return cls(
            id=item.id,
            kind=item.kind,
            object=AttentionObject(type=item.object_type, id=item.object_id),
            since=item.since,
            why=item.why,
            actions=[] if item.resolved_at else list(item.actions),
            resolved_at=item.resolved_at,
            resolution=item.resolution,
            resolved_by=item.resolved_by,
            note=item.note,
        )


class JobQuery(PageQuery):
    """`kind` is the name of a job, such as `mail.send_email`."""

    status: JobStatus | None = None
    kind: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[a-z_.]+$")] | None = None


class JobOut(Output):
    """A job that waits, runs or has failed; one that succeeded is deleted. `lastError` is the type of the error."""

    id: int
    kind: str
    queue: str
    status: JobStatus
    attempts: int
    arguments: dict[str, Any]
    scheduled_at: Moment | None
    created_at: Moment | None
    changed_at: Moment | None
    last_error: str | None

    @classmethod
    def of(cls, job: QueuedJob) -> JobOut:
        return cls.model_validate(job)
