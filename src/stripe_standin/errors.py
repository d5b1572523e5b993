"""Stripe's errors: a status and a body `{"error": {…}}`."""

from __future__ import annotations

from stripe_standin.json_types import Json

DOCUMENTATION = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An error response; `keeps_changes` commits what the call stored before, as for a declined card."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keeps_changes: bool = False,
        more: Json | None = None,
    ) -> None:
        """Build the body of the response."""
        super().__init__(message)
        self.status = status
        self.keeps_changes = keeps_changes
        self.error = describe(message, kind=kind, code=code, param=param) | (more or {})


class InvalidParameters(StripeError):
    """The request failed validation before the operation ran, so its idempotency key does not store it."""


def describe(message: str, *, kind: str, code: str | None, param: str | None) -> Json:
    """The fields of every error; fields without a value are omitted."""
    error: Json = {"message": message, "type": kind}
    if code is not None:
        error |= {"code": code, "doc_url": DOCUMENTATION + code.replace("_", "-")}
    if param is not None:
        error["param"] = param
    return error


def missing_object(kind: str, object_id: str, *, param: str = "id", status: int = 404) -> StripeError:
    """The error for an object that does not exist: 404 for a path, 400 for a parameter."""
    return StripeError(f"No such {kind}: '{object_id}'", status=status, code="resource_missing", param=param)
