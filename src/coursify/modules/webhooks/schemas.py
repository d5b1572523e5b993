"""The inbox on the wire."""

from __future__ import annotations

from uuid import UUID

from coursify.core.pagination import PageQuery
from coursify.core.schema import Moment, Output
from coursify.modules.webhooks.models import EventState, StoredEvent


class Received(Output):
    """`isNew` is false for an event that was delivered before."""

    is_new: bool


class MailEventsReceived(Output):
    """How many of the events were not delivered before."""

    new: int


class EventOut(Output):
    """An event from outside. `reason` says why it was not applied, or that it brought nothing new."""

    id: UUID
    provider: str
    event_id: str
    type: str
    object_type: str
    object_id: str
    state: EventState
    attempts: int
    reason: str | None
    received_at: Moment
    handled_at: Moment | None

    @classmethod
    def of(cls, event: StoredEvent) -> EventOut:
        return cls.model_validate(event)


class EventQuery(PageQuery):
    state: EventState | None = None
