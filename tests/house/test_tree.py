"""The tree keeps its measures: short files, short functions, no drawers for anything, one place that commits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import PACKAGES, ROOT, SOURCE, python_sources
from tests.support.grouping import IN_ONE_PROCESS, TOGETHER

FILE_LINES = 300
FUNCTION_LINES = 40
CONTROLLER_LINES = 10

# A query is one statement: its SQL and its list of parameters are as long as they are.
LONG_FUNCTIONS_IN = ("queries",)
DRAWERS = {"utils.py", "helpers.py", "common.py", "base.py", "misc.py"}

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ENDS = {"commit", "rollback"}


def name_of(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in python_sources().items():
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS):
                yield path, node


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def long_files() -> set[str]:
    return {name_of(path) for path in python_sources() if len(path.read_text().splitlines()) > FILE_LINES}


def long_functions() -> set[str]:
    return {
        f"{name_of(path)}:{node.name}"
        for path, node in functions()
        if length(node) > FUNCTION_LINES and not any(part in LONG_FUNCTIONS_IN for part in path.with_suffix("").parts)
    }


def long_controllers() -> set[str]:
    """By the lines of the body: signature and docstring tell clients what there is."""
    return {
        f"{name_of(path)}:{node.name}"
        for path, node in functions()
        if "controllers" in path.with_suffix("").parts and node.decorator_list
        if sum(length(line) for line in node.body if not isinstance(line, ast.Expr)) > CONTROLLER_LINES
    }


def misnamed_services() -> set[str]:
    """A service's file has the name of its public function."""
    found = set()
    for path, tree in python_sources().items():
        if path.parent.name == "services" and path.name != "__init__.py":
            public = {node.name for node in tree.body if isinstance(node, FUNCTIONS) and not node.name.startswith("_")}
            if path.stem not in public:
                found.add(name_of(path))
    return found


def test_every_package_is_measured() -> None:
    packages = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").is_file()}
    assert packages == set(PACKAGES)
    assert packages == {path.relative_to(SOURCE).parts[0] for path in python_sources()}


def test_no_file_is_longer_than_300_lines() -> None:
    assert long_files() == set()


def test_no_function_is_longer_than_40_lines() -> None:
    assert long_functions() == set()


def test_every_controller_answers_in_ten_lines() -> None:
    assert long_controllers() == set()


def test_every_service_is_a_file_named_like_its_function() -> None:
    assert misnamed_services() == set()


def test_no_file_is_a_drawer_for_anything() -> None:
    assert [name_of(path) for path in python_sources() if path.name in DRAWERS] == []


def test_every_file_says_what_it_is_for() -> None:
    """An empty `__init__.py` only makes a folder a package."""
    silent = [name_of(path) for path, tree in python_sources().items() if tree.body and ast.get_docstring(tree) is None]
    assert silent == []


def test_only_the_database_and_the_route_end_a_transaction() -> None:
    allowed = {"coursify/core/database.py", "coursify/core/http/route.py"}
    found = {
        f"{name_of(path)}:{node.lineno}"
        for path, tree in python_sources().items()
        if name_of(path) not in allowed
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ENDS
    }
    assert found == set()


def test_nothing_is_imported_inside_a_function() -> None:
    found = {
        f"{name_of(path)}:{inner.lineno}"
        for path, node in functions()
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    }
    assert found == set()


def test_files_with_fixtures_for_all_their_tests_run_in_one_process() -> None:
    """Otherwise several processes make such a fixture, and again after a test of another file."""
    files = {
        path.relative_to(ROOT).as_posix(): path.read_text()
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != Path(__file__)
    }
    assert [
        name
        for name, text in files.items()
        if 'scope="module"' in text and not name.startswith(IN_ONE_PROCESS + TOGETHER)
    ] == []
