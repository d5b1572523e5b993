"""docs/errors.md lists every error of the application; one code has one status."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from scripts.error_table import iterate_errors, render
from tests.house.checked_in import assert_checked_in

from coursify.core.errors import AppError


def test_the_errors_are_written_down() -> None:
    assert_checked_in("docs/errors.md", render())


def test_a_code_has_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for error in iterate_errors(AppError):
        statuses.setdefault(error.code, set()).add(error.status)
    assert {code for code, found in statuses.items() if len(found) > 1} == set()


def test_every_code_of_the_openapi_document_is_on_the_page(app: FastAPI) -> None:
    page = render()
    for code in codes_of(app.openapi()):
        assert f"| `{code}` |" in page


def codes_of(part: Any) -> set[str]:
    """Every `code` of an example."""
    if isinstance(part, list):
        return {code for item in part for code in codes_of(item)}
    if not isinstance(part, dict):
        return set()
    found = {code for item in part.values() for code in codes_of(item)}
    return found | ({part["code"]} if isinstance(part.get("code"), str) else set())
