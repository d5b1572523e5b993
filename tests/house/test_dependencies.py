"""What FastAPI resolves for a controller is asynchronous: a plain function would cost a hop to a thread each time."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from coursify.routes import ROUTES


def dependencies_of(dependant: Any) -> Iterator[Any]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from dependencies_of(dependency)


def test_no_dependency_of_any_route_needs_a_thread() -> None:
    found = {call for route in ROUTES for call in dependencies_of(route.dependant)}
    assert found
    plain = [f"{call.__module__}.{call.__qualname__}" for call in found if not inspect.iscoroutinefunction(call)]
    assert plain == []
