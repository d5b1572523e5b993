"""The errors of the API. Every error of a module is a subclass of `AppError`.

A final error is stored under the Idempotency-Key of its request and returned again for a day (docs/decisions/0007).
403, 404 and 409 are final unless their class says otherwise; no other error is.

AppError                      a stable code, an HTTP status and a message
├── RecordedRefusal           an error whose transaction is committed
├── BadRequest 400 · Unauthorized 401 · PaymentRequired 402 · Forbidden 403 · NotFound 404
├── Conflict 409 · PreconditionFailed 412 · TooLarge 413 · UnsupportedMedia 415 · RangeNotSatisfiable 416
├── Invalid 422
├── TooManyRequests 429
├── Unavailable 503           a dependency is down; `Retry-After` says when to retry
│   └── NotReady              of the health check alone
└── NoSpaceLeft 507           the disk cannot take the file
"""

from __future__ import annotations

from typing import ClassVar

Details = list[dict[str, str]]


class AppError(Exception):
    """Raised by services and policies; rolls back the transaction and becomes the error shape of the API."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    message: ClassVar[str] = "Something went wrong on our side. Please try again."
    # What a client should do (docs/errors.md).
    remedy: ClassVar[str] = "Try again in a minute, with the same Idempotency-Key. If it stays, report the `requestId`."
    # False when the same request may succeed later: after a wait, a payment, a step-up, an approval.
    is_final: ClassVar[bool] = False
    # False when the credential was right and something else is missing.
    is_failed_guess: ClassVar[bool] = True

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
        """Whether the response may be stored under an Idempotency-Key. An error with Retry-After may not."""
        return self.is_final and not any(name.lower() == "retry-after" for name in self.headers)


class RecordedRefusal(AppError):
    """An error whose transaction commits, because its writes (audit row, counter, revoked tokens) must stay."""


class BadRequest(AppError):
    code, status, message = "bad_request", 400, "The request could not be understood."
    remedy = "Correct the request. It fails again unchanged."


class MalformedJson(BadRequest):
    code, message = "malformed_json", "The body is not valid JSON."


class MalformedForm(BadRequest):
    code, message = "malformed_form", "The body is not valid multipart/form-data, or has too many or too large parts."


class IdempotencyKeyRequired(BadRequest):
    code, message = "idempotency_key_required", "Send an Idempotency-Key header with this request."
    remedy = "Make a new random key for each intended payment or refund, and repeat it on every retry."


class IdempotencyKeyInvalid(BadRequest):
    code = "idempotency_key_invalid"
    message = "An Idempotency-Key has 16 to 255 printable ASCII characters."


class BodyIncomplete(BadRequest):
    code, message = "body_incomplete", "The body is incomplete or not valid HTTP. Send it again."
    remedy = "Send the whole body again, with a correct `Content-Length` or chunked."


class HostNotAllowed(BadRequest):
    code, message = "host_not_allowed", "This host name is not allowed."
    remedy = "Call the public address of the API."


class Unauthorized(AppError):
    code, status, message = "unauthorized", 401, "Sign in to do this."
    remedy = "Get a new access token at `POST /users/refresh-token`, or sign in, and repeat the request."


class PaymentRequired(AppError):
    code, status, message = "payment_required", 402, "Payment is required for this course."
    remedy = "Buy the course with `POST /payments`; `price` and `currency` are in the error."


class Forbidden(AppError):
    code, status, message = "forbidden", 403, "You are not allowed to do this."
    remedy = "Do not retry. Hide the action from this person."
    is_final = True


class StepUpRequired(Forbidden):
    code = "step_up_required"
    message = "Confirm your password at /api/v1/users/me/step-up and try again."
    remedy = "Ask for the password, call `POST /users/me/step-up`, and repeat the request."
    is_final = False


class SecondFactorMissing(Forbidden):
    code = "second_factor_missing"
    message = "Admins need two-factor authentication. Set it up at /api/v1/users/me/totp."
    remedy = "Set up two-factor authentication with `POST /users/me/totp`, then repeat the request."
    is_final = False


class NotFound(AppError):
    code, status, message = "not_found", 404, "Not found."
    remedy = "Do not retry. The object does not exist, or this person may not see it."
    is_final = True


class MethodNotAllowed(AppError):
    code, status, message = "method_not_allowed", 405, "This method is not supported here."
    remedy = "Use one of the methods in the `Allow` header."


class BodyTooSlow(AppError):
    code, status, message = "body_too_slow", 408, "The body did not arrive in time. Send it again."
    remedy = "Send the request again."


class Conflict(AppError):
    code, status, message = "conflict", 409, "This conflicts with the current state."
    remedy = "Load the object again and check its state."
    is_final = True


class RequestInProgress(Conflict):
    code = "request_in_progress"
    message = "The first request with this Idempotency-Key is still running."
    remedy = "Repeat the same request with the same key after `Retry-After` seconds."
    is_final = False


class PreconditionFailed(AppError):
    code, status, message = (
        "stale_version",
        412,
        "Someone else has changed this. Load it again and repeat your change.",
    )
    remedy = "Load the object again, apply the change to it, and send it with the new `ETag` in `If-Match`."


class TooLarge(AppError):
    code, status, message = "body_too_large", 413, "The body is too large."
    remedy = "Send a smaller body."


class RangeNotSatisfiable(AppError):
    code, status, message = "range_not_satisfiable", 416, "The file ends before this range."
    remedy = "Ask for a range within the size in `Content-Range`."


class UnsupportedMedia(AppError):
    code, status, message = (
        "unsupported_media_type",
        415,
        "Send this body as application/json, UTF-8, unencoded.",
    )
    remedy = "Send the header `Content-Type: application/json` and no `Content-Encoding`."


class FormRequired(UnsupportedMedia):
    code, message = "form_required", "Send this body as multipart/form-data, unencoded."
    remedy = "Send a form with a part named `file`; the HTTP library writes the `Content-Type` with its boundary."


class Invalid(AppError):
    code, status, message = "validation_failed", 422, "Some fields are invalid; see details."
    remedy = "Show each message of `details` at its field."


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    message = "This Idempotency-Key was used with another body. Use a new key for a new request."
    remedy = "Use a new key for a new request; a retry repeats the body unchanged."


class TooManyRequests(AppError):
    code, status, message = "too_many_requests", 429, "Too many attempts. Wait a little and try again."
    remedy = "Wait for `Retry-After` seconds before the next request."


class HeadersTooLarge(AppError):
    code, status, message = "headers_too_large", 431, "The request's headers are too large."
    remedy = "Send fewer or shorter headers."


class Unavailable(AppError):
    code, status, message = (
        "unavailable",
        503,
        "The service is temporarily unavailable. Please try again.",
    )
    remedy = "Repeat the request after `Retry-After` seconds; repeat a POST with the same Idempotency-Key."
    # What is down and why: for the log, never for clients.
    reason: str = ""

    def __init__(self, message: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})


class NotReady(Unavailable):
    code, message = "not_ready", "Not ready."
    remedy = "For load balancers: send requests to another replica. `parts` says what is missing."

    def __init__(self, message: str | None = None, *, parts: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.extra = {"parts": parts or {}}


class NoSpaceLeft(AppError):
    code, status = "no_space_left", 507
    message = "There is no room for this file now. Send it again later; a resumable upload continues where it ended."
    remedy = "Tell the operator. Send a form again later; continue a resumable upload: what has arrived is kept."
