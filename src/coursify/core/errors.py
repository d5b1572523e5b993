"""What can go wrong, as a client hears it. Every business error of every module descends from `AppError`.

A class says itself whether it is final: whether the same request under the same Idempotency-Key gets it again for a
day (docs/decisions/0007). 403, 404 and 409 are final unless their class says otherwise; nothing else is.

AppError                      a fact with a stable code, an HTTP status and a sentence
├── RecordedRefusal           a refusal that must leave a trace: committed first, told afterwards
├── BadRequest 400 · Unauthorized 401 · PaymentRequired 402 · Forbidden 403 · NotFound 404
├── Conflict 409 · PreconditionFailed 412 · TooLarge 413 · UnsupportedMedia 415 · Invalid 422
├── TooManyRequests 429
└── Unavailable 503           a dependency is down; `Retry-After` says when to come back
"""

from __future__ import annotations

from typing import ClassVar

Details = list[dict[str, str]]


class AppError(Exception):
    """Raised by services and policies; becomes the one error shape of the API. Raising rolls back."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    message: ClassVar[str] = "Something went wrong on our side. Please try again."
    # False where the same request may succeed later: after a wait, a payment, a confirmed password, a second person.
    is_final: ClassVar[bool] = False

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Details | None = None,
        headers: dict[str, str] | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        self.sentence = message or self.message
        self.details = details or []
        self.headers = headers or {}
        self.extra = extra or {}
        super().__init__(self.sentence)

    @property
    def may_be_replayed(self) -> bool:
        """Whether the answer may be kept under an Idempotency-Key; whoever says when to come back expects a change."""
        return self.is_final and not any(name.lower() == "retry-after" for name in self.headers)


class RecordedRefusal(AppError):
    """A refusal whose trace (audit row, counter, revoked family) must survive: the transaction commits."""


class BadRequest(AppError):
    code, status, message = "bad_request", 400, "The request could not be understood."


class MalformedJson(BadRequest):
    code, message = "malformed_json", "The body is not valid JSON."


class IdempotencyKeyRequired(BadRequest):
    code, message = "idempotency_key_required", "Send an Idempotency-Key header with this request."


class IdempotencyKeyInvalid(BadRequest):
    code = "idempotency_key_invalid"
    message = "An Idempotency-Key has 16 to 255 printable ASCII characters."


class BodyIncomplete(BadRequest):
    code, message = "body_incomplete", "The body ended too early, or was not sent as HTTP asks. Send it again."


class HostNotAllowed(BadRequest):
    code, message = "host_not_allowed", "This host name is not served here."


class Unauthorized(AppError):
    code, status, message = "unauthorized", 401, "Sign in to do this."


class PaymentRequired(AppError):
    code, status, message = "payment_required", 402, "This course has to be paid for first."


class Forbidden(AppError):
    code, status, message = "forbidden", 403, "You may not do this."
    is_final = True


class StepUpRequired(Forbidden):
    code = "step_up_required"
    message = "Confirm your password at /api/v1/users/me/step-up and try again."
    is_final = False


class SecondFactorMissing(Forbidden):
    code = "second_factor_missing"
    message = "Admins need a second factor here. Set one up at /api/v1/users/me/totp."
    is_final = False


class NotFound(AppError):
    code, status, message = "not_found", 404, "There is nothing here."
    is_final = True


class MethodNotAllowed(AppError):
    code, status, message = "method_not_allowed", 405, "This method is not supported here."


class BodyTooSlow(AppError):
    code, status, message = "body_too_slow", 408, "The body did not arrive in time. Send it again."


class Conflict(AppError):
    code, status, message = "conflict", 409, "This does not fit the current state."
    is_final = True


class RequestInProgress(Conflict):
    code = "request_in_progress"
    message = "The first request with this Idempotency-Key is still running."
    is_final = False


class PreconditionFailed(AppError):
    code, status, message = (
        "stale_version",
        412,
        "Someone changed this meanwhile. Load it again and repeat your change.",
    )


class TooLarge(AppError):
    code, status, message = "body_too_large", 413, "The body is larger than this operation takes."


class UnsupportedMedia(AppError):
    code, status, message = (
        "unsupported_media_type",
        415,
        "Send this body as application/json, UTF-8, unencoded.",
    )


class Invalid(AppError):
    code, status, message = "validation_failed", 422, "Some fields are not right; see details."


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used with another body. Use a new key for a new request."


class TooManyRequests(AppError):
    code, status, message = "too_many_requests", 429, "Too many attempts. Wait a little and try again."


class HeadersTooLarge(AppError):
    code, status, message = "headers_too_large", 431, "The request's headers are too large."


class Unavailable(AppError):
    code, status, message = (
        "unavailable",
        503,
        "A part of the service is briefly unavailable. Please try again.",
    )

    def __init__(self, message: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})
