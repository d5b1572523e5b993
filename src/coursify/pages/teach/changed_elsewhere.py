"""A text that was changed elsewhere while somebody wrote: what is stored now beside what was typed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coursify.modules.courses.review_diff import diff_html
from coursify.pages.core.forms import FormView


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which both differ; lines of a diff from what is stored to what was typed."""

    label: str
    lines: list[str]


def differences(
    form: FormView, stored: Mapping[str, Any], version: int, labels: Sequence[tuple[str, str]]
) -> list[Difference] | None:
    """None unless the form was filled from another version than the stored one."""
    if form.values.get("version") in (None, "", str(version)):
        return None
    pairs = ((label, _text(stored.get(name)), _text(form.values.get(name))) for name, label in labels)
    return [Difference(label, _lines(before, after)) for label, before, after in pairs if before != after]


def _text(value: Any) -> str:
    return str(value or "").replace("\r\n", "\n").strip()


def _lines(before: str, after: str) -> list[str]:
    diff = diff_html(before, after)
    if diff is None:
        return [f"-{before}", f"+{after}"]
    return [line for line in diff.split("\n") if not line.startswith("@@")]
