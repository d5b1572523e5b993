"""The documents say what is there: paths, named tests and links exist, and decisions are numbered without gaps."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.house.sources import ROOT, committed_files

MARKDOWN = [path for path in committed_files() if path.suffix == ".md" and "swagger_ui" not in path.parts]
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)")
# `tests/house/test_docs.py` or `tests/house/test_docs.py::test_every_link_leads_somewhere`
NAMED_TEST = re.compile(r"\b(tests/[\w/]+\.py)(?:::(\w+))?")
NAMED_PATH = re.compile(
    r"`((?:src|docs|tests|scripts|core|migrations|modules|integrations|coursify_sandbox|stripe_standin)/[\w./-]+\.(?:py|md|sh))`"
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(text: str) -> Iterator[str]:
    """The paths of the first drawn tree."""
    folders: list[str] = []
    drawing = text.split("```")[1]
    for line in drawing.splitlines():
        match = re.match(r"([│ ]*)[├└]── (\S+)", line)
        if match is None:
            continue
        depth = len(match[1]) // 4
        folders[depth:] = [match[2].rstrip("/")]
        yield "/".join(folders)


def test_the_drawn_tree_names_only_what_exists() -> None:
    paths = list(tree_of((ROOT / "ARCHITECTURE.md").read_text()))
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_the_drawn_tree_has_every_module() -> None:
    drawn = set(tree_of((ROOT / "ARCHITECTURE.md").read_text()))
    modules = {path.parent for path in committed_files() if path.match("src/coursify/modules/*/__init__.py")}
    assert {name_of(module) for module in modules} <= drawn


def test_the_architecture_is_one_page() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 100
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) <= 100


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    missing = [target for target in LINK.findall(path.read_text()) if not (path.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_every_named_file_exists(path: Path) -> None:
    places = (ROOT, ROOT / "src", ROOT / "src/coursify", ROOT / "src/coursify/modules")
    named = NAMED_PATH.findall(path.read_text())
    assert [name for name in named if not any((place / name).is_file() for place in places)] == []


@pytest.mark.parametrize("path", MARKDOWN, ids=name_of)
def test_every_named_test_exists(path: Path) -> None:
    missing = []
    for file, test in NAMED_TEST.findall(path.read_text()):
        if not (ROOT / file).is_file() or (test and test not in functions_of(ROOT / file)):
            missing.append(f"{file}::{test}" if test else file)
    assert missing == []


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text())
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )


def decisions() -> dict[str, str]:
    """File name → text, in their order; the index is not one of them."""
    return {path.name: path.read_text() for path in sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))}


def test_decisions_are_numbered_without_gaps_and_titled_by_their_number() -> None:
    for number, (name, text) in enumerate(decisions().items(), start=1):
        assert name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number:04} "), name


def test_every_decision_is_one_page_in_the_same_form() -> None:
    for name, text in decisions().items():
        assert len(text.splitlines()) <= 60, name
        parts = re.findall(r"^\*\*(Problem|Decision|Consequences)\.\*\*", text, re.MULTILINE)
        assert parts == ["Problem", "Decision", "Consequences"], name


def test_the_index_lists_every_decision_once() -> None:
    listed = LINK.findall((ROOT / "docs/decisions/README.md").read_text())
    assert sorted(listed) == list(decisions())


def test_every_make_target_that_a_document_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for path in MARKDOWN for target in re.findall(r"`make ([a-z-]+)", path.read_text())}
    assert named <= targets


def test_every_command_that_a_document_names_exists() -> None:
    cli = (ROOT / "src/coursify/cli.py").read_text()
    commands = {*re.findall(r'"([a-z-]+)": \(\s*"coursify', cli), *re.findall(r'App\(name="([a-z]+)"', cli)}
    named = {command for path in MARKDOWN for command in re.findall(r"[`/]coursify ([a-z]+)", path.read_text())}
    assert named <= commands, named - commands
