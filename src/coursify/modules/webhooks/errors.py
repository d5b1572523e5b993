"""What can go wrong at the inbox."""

from __future__ import annotations

from coursify.core.errors import BadRequest, NotFound


class SignatureRefused(BadRequest):
    code, message = "signature_invalid", "This was not signed by the payment provider, or too long ago."
    remedy = "Sign with the endpoint's secret, and send within the tolerance."


class EventNotFound(NotFound):
    code, message = "event_not_found", "There is no such event."
