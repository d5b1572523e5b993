"""Stripe's errors: a status and a body `{"error": {…}}`."""

from stripe_standin.vocabulary import Json

DOCUMENTATION = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """An answer that refuses; with `keep`, what the call did before it refused stays done (a declined card)."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keep: bool = False,
        more: Json | None = None,
    ) -> None:
        """Remember what the answer will say."""
        super().__init__(message)
        self.status = status
        self.keep = keep
        self.error = describe(message, kind=kind, code=code, param=param) | (more or {})


class InvalidParameters(StripeError):
    """The request failed validation before anything ran, so no idempotency key remembers it."""


def describe(message: str, *, kind: str, code: str | None, param: str | None) -> Json:
    """The fields of an error that are the same for all kinds; absent ones are left out, as Stripe does."""
    error: Json = {"message": message, "type": kind}
    if code is not None:
        error |= {"code": code, "doc_url": DOCUMENTATION + code.replace("_", "-")}
    if param is not None:
        error["param"] = param
    return error


def no_such(kind: str, object_id: str, *, param: str = "id", status: int = 404) -> StripeError:
    """The named object does not exist: 404 in a path, 400 in a parameter."""
    return StripeError(f"No such {kind}: '{object_id}'", status=status, code="resource_missing", param=param)
