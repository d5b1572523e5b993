"""Errors of webhooks."""

from __future__ import annotations

from coursify.core.errors import BadRequest, Conflict, NotFound


class SignatureRefused(BadRequest):
    code, message = "signature_invalid", "The signature is missing, wrong or too old."
    remedy = "Sign with the endpoint's secret, and send within the tolerance."


class EventNotFound(NotFound):
    code, message = "event_not_found", "Event not found."


class EventNotReplayable(Conflict):
    code, message = "event_not_replayable", "An event about an email is applied when it arrives and is not kept."
    remedy = "Send the email again from the work list."
