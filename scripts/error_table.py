"""Makes docs/errors.md from the error classes of the application; `make docs` writes it."""

from __future__ import annotations

from collections.abc import Iterator

from coursify import app, worker
from coursify.core.errors import AppError

# The application and the worker together import every module, and with it every error.
EVERYTHING = (app, worker)

INTRODUCTION = """# Errors

This page is made from the error classes; `make docs` writes it anew, and a test compares.

Every failure has one shape: `error.code` is stable, `message` is a sentence for a person, `error.details` names fields,
and `error.requestId` finds the request in the log. Handle the codes that you know by name and all others by their
status. The OpenAPI document lists the codes of each operation.

`Retry-After` says when to try again. Repeat a POST with the same `Idempotency-Key`. 403, 404 and 409 are kept under
their key for a day, unless the same request can succeed later ([decision 0007](decisions/0007-idempotency-keys.md)).
"""


def render() -> str:
    """The whole page: one table for each status."""
    by_status: dict[int, dict[str, list[type[AppError]]]] = {}
    for error in sorted(iterate_errors(AppError), key=lambda error: (error.__module__, error.__name__)):
        by_status.setdefault(error.status, {}).setdefault(error.code, []).append(error)
    parts = [INTRODUCTION]
    for status, codes in sorted(by_status.items()):
        parts.append(f"## {status}\n")
        parts.append("| Code | Meaning | What a client should do |\n|---|---|---|")
        parts += [
            f"| `{code}` | {_joined(error.message for error in errors)} | {_joined(error.remedy for error in errors)} |"
            for code, errors in sorted(codes.items())
        ]
        parts.append("")
    return "\n".join(parts)


def iterate_errors(kind: type[AppError]) -> Iterator[type[AppError]]:
    """Every error class of the application; a code may have several."""
    if kind.__module__.startswith("coursify."):
        yield kind
    for child in kind.__subclasses__():
        yield from iterate_errors(child)


def _joined(sentences: Iterator[str]) -> str:
    return "<br>".join(dict.fromkeys(sentences))
