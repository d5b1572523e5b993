"""The document, tried: whatever fits it, or almost fits it, is answered as it says, and never with a 5xx."""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.fuzz.conftest import Target

PROVE = bool(os.environ.get("COURSIFY_PROVE"))
EXAMPLES = 1_000 if PROVE else 4
# As whom, with input that fits or input that almost does.
RUNS = [
    ("admin", GenerationMode.POSITIVE),
    ("admin", GenerationMode.NEGATIVE),
    ("instructor", GenerationMode.POSITIVE),
    *([("student", GenerationMode.POSITIVE), ("student", GenerationMode.NEGATIVE)] if PROVE else []),
]
CHECKS: list[CheckFunction] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# They end the session that the fuzzer speaks with, or the account that it has.
ENDING = {"log_out", "log_out_everywhere", "end_session", "erase_user", "change_user", "update_my_password"}


@pytest.mark.parametrize(("role", "mode"), RUNS)
def test_every_operation_answers_as_its_document_says(target: Target, role: str, mode: GenerationMode) -> None:
    document = schemathesis.openapi.from_url(f"{target.url}/openapi.json")
    problems: list[str] = []
    for found in document.get_all_operations():
        operation = found.ok()
        if operation.definition.raw.get("operationId") in ENDING and mode is GenerationMode.POSITIVE:
            continue
        try:
            _fuzz(operation, mode, {"Authorization": f"Bearer {target.tokens[role]}"})
        except Unsatisfiable:
            continue  # it takes nothing that could be wrong
        except Exception as problem:  # noqa: BLE001  # every operation is tried before the first is told
            problems.append(f"{operation.label}: {problem}")
    assert not problems, "\n\n".join(problems)


def _fuzz(operation: Any, mode: GenerationMode, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def try_one(case: Any) -> None:
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    try_one()
