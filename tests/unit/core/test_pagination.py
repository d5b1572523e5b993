"""Pages end at row 10,000; only our cursors are accepted."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from coursify.core.pagination import CursorInvalid, Cursors, Page, PageQuery, Pager, PageTooDeep

cursors = Cursors(b"k" * 32)


def test_a_cursor_is_read_back() -> None:
    assert cursors.read("courses", cursors.write("courses", ("2026-11-22", 7))) == ("2026-11-22", 7)


@pytest.mark.parametrize("cursor", ["", "x", "!!!!", "AAAA" * 20])
def test_a_forged_cursor_is_rejected(cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        cursors.read("courses", cursor)


def test_a_cursor_of_another_list_or_a_changed_one_is_rejected() -> None:
    written = cursors.write("courses", ("a",))
    with pytest.raises(CursorInvalid):
        cursors.read("payments", written)
    changed = ("A" if written[0] != "A" else "B") + written[1:]
    with pytest.raises(CursorInvalid):
        cursors.read("courses", changed)


def test_a_page_beyond_row_10000_names_the_cursor() -> None:
    assert PageQuery(page=100, limit=100).offset() == 9_900
    with pytest.raises(PageTooDeep) as refused:
        PageQuery(page=101, limit=100).offset()
    assert "cursor" in refused.value.sentence


@pytest.mark.parametrize(
    "given",
    [
        {"page": "0"},
        {"page": "-1"},
        {"limit": "0"},
        {"limit": "101"},
        {"page": "1.0"},
        {"page": "²"},
        {"page": str(2**63)},
        {"limit": ""},
        {"pages": "1"},
    ],
)
def test_G18_a_page_that_is_none_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PageQuery.model_validate(given)


def test_a_total_above_the_cap_is_said_to_be_inexact() -> None:
    meta = Pager(PageQuery(), cursors, "courses").meta(Page([], 10_001, None))
    assert (meta.total, meta.total_is_exact, meta.total_pages) == (10_000, False, 500)
