"""What is named in one place exists in the other: jobs, emails, operations. A misspelled name fails here."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args, get_origin

import pytest
from fastapi import Response
from tests.house.sources import module_name, python_files, python_sources, syntax_tree

from coursify.core import jobs, mail
from coursify.core.http import Router
from coursify.rates import RATES
from coursify.routes import ROUTES
from coursify.worker import CLOCK, EMAILS, JOBS


@dataclass(frozen=True)
class Call:
    """A call of a function of core: where it stands, what it names, what else it hands over."""

    place: str
    name: ast.expr
    module: Any
    function: ast.AsyncFunctionDef
    arguments: frozenset[str]


def calls_of(owner: str, function: str) -> Iterator[ast.Call]:
    """Every call written `owner.function(…)`."""
    for tree in python_sources().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _is_named(node.func, owner, function):
                yield node


def _is_named(node: ast.expr, owner: str, function: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == function
        and isinstance(node.value, ast.Name)
        and node.value.id == owner
    )


def find_calls(owner: str, function: str, name_of: Any) -> list[Call]:
    """They are needed to collect the tests, so only files with this text are parsed."""
    found = []
    for path in python_files():
        if f"{owner}.{function}(" not in path.read_text():
            continue
        for around in ast.walk(syntax_tree(path)):
            if not isinstance(around, ast.AsyncFunctionDef):
                continue
            for node in ast.walk(around):
                if isinstance(node, ast.Call) and _is_named(node.func, owner, function):
                    arguments = frozenset(keyword.arg or "**" for keyword in node.keywords)
                    place = f"{module_name(path)}:{node.lineno}"
                    module = importlib.import_module(module_name(path))
                    found.append(Call(place, name_of(node), module, around, arguments))
    return found


# Names that only a row knows, each with what it may be.
KNOWN = {
    # the purposes that link_requests takes, says its constraint
    "coursify.modules.identity.services.send_requested_link": {"verify_email", "reset_password"},
}


def names_of(call: Call) -> set[str]:
    """What the named expression may be: a text, a constant of the module, or one of a parameter's or loop's texts."""
    return KNOWN.get(call.place.partition(":")[0]) or set(_possible(call.name, call))


def _possible(node: ast.expr, call: Call) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from [*_possible(node.body, call), *_possible(node.orelse, call)]
    elif isinstance(node, ast.Attribute | ast.Name) and (value := _evaluate(node, call.module)) is not None:
        yield str(value)
    elif isinstance(node, ast.Name):
        yield from _possible_of_local(node.id, call)


def _evaluate(node: ast.expr, module: Any) -> Any:
    value = module
    for part in ast.unparse(node).split("."):
        value = getattr(value, part, None)
    return value if isinstance(value, str) else None


def _possible_of_local(name: str, call: Call) -> Iterator[str]:
    """The Literals of a parameter, or what a loop or an assignment gives it."""
    hint = inspect.get_annotations(getattr(call.module, call.function.name), eval_str=True).get(name)
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    for node in ast.walk(call.function):
        if isinstance(node, ast.For | ast.comprehension) and name in ast.unparse(node.target):
            yield from (str(part.value) for part in ast.walk(node.iter) if isinstance(part, ast.Constant))
        if isinstance(node, ast.Assign) and name in {ast.unparse(target) for target in node.targets}:
            yield from _possible(node.value, call)


DEFERRED = find_calls("jobs", "defer", lambda node: node.args[1])
ENQUEUED = find_calls(
    "mail", "enqueue_email", lambda node: next(keyword.value for keyword in node.keywords if keyword.arg == "kind")
)


def test_the_deferred_jobs_and_enqueued_emails_are_found() -> None:
    assert len(DEFERRED) == len(list(calls_of("jobs", "defer"))) > 3
    assert len(ENQUEUED) == len(list(calls_of("mail", "enqueue_email"))) > 3


@pytest.mark.parametrize("call", DEFERRED, ids=lambda call: call.place)
def test_every_deferred_job_is_registered_and_takes_its_arguments(call: Call) -> None:
    names = names_of(call)
    assert names, f"{call.place}: name the job by a text or a constant"
    for name in names:
        assert name in JOBS, f"{call.place}: worker.JOBS has no {name!r}"
        taken = set(list(inspect.signature(JOBS[name]).parameters)[1:])
        given = call.arguments - {"delay_seconds"}
        assert given == taken, f"{call.place}: {name} takes {sorted(taken)}, not {sorted(given)}"


def test_every_registered_job_is_deferred_somewhere() -> None:
    assert set(JOBS) == {name for call in DEFERRED for name in names_of(call)}


def test_every_job_has_its_queue() -> None:
    assert set(jobs.QUEUES) == set(JOBS)
    assert set(jobs.QUEUES.values()) <= {jobs.MAIL, jobs.MONEY, jobs.MEDIA, jobs.REST}


def test_jobs_carry_ids_only() -> None:
    """What a job carries is written into the queue's table: ids, and texts that name a step."""
    allowed = {str, int, "str", "int"} | set(get_args(jobs.defer.__annotations__.get("ids", ())))
    for name, job in JOBS.items():
        for parameter in list(inspect.signature(job, eval_str=True).parameters.values())[1:]:
            is_name = get_origin(parameter.annotation) is Literal
            assert is_name or parameter.annotation in allowed, f"{name}: {parameter}"


def test_every_clock_runs_a_job_without_arguments() -> None:
    for name, (cron, job) in CLOCK.items():
        assert len(cron.split()) in {5, 6}, name
        assert list(inspect.signature(job).parameters) == ["resources"], name


@pytest.mark.parametrize("call", ENQUEUED, ids=lambda call: call.place)
def test_every_enqueued_email_has_a_composer(call: Call) -> None:
    names = names_of(call)
    assert names, f"{call.place}: the kinds of email that this enqueues cannot be found"
    assert names <= set(EMAILS), f"{call.place}: worker.EMAILS has no {sorted(names - set(EMAILS))}"


def test_every_composer_has_an_email_that_is_enqueued() -> None:
    assert set(EMAILS) == {name for call in ENQUEUED for name in names_of(call)}


def test_no_two_operations_share_an_id() -> None:
    ids = [route.id for route in ROUTES]
    assert len(ids) == len(set(ids))


def test_every_rate_class_is_used_and_every_operation_has_one() -> None:
    assert {route.policy.rate for route in ROUTES} == set(RATES)


def test_emails_are_sent_by_a_registered_job() -> None:
    assert mail.SEND_EMAIL in JOBS


def test_a_route_without_a_policy_does_not_import() -> None:
    declare = cast("Any", Router(tag="birds").get)
    with pytest.raises(TypeError, match="policy"):
        declare("/birds", operation_id="list_birds", response_model=None)(_controller)


async def _controller() -> Response:
    return Response()


def test_no_fixed_path_is_declared_behind_a_pattern_that_takes_it() -> None:
    """Operations are found by their whole path first (core/http/direct.py), and by the framework in their order."""
    hidden = [
        (route.id, earlier.id)
        for number, route in enumerate(ROUTES)
        for earlier in ROUTES[:number]
        if not route.param_convertors and earlier.method == route.method and earlier.path_regex.match(route.path)
    ]
    assert not hidden
