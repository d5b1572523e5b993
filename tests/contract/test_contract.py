"""Every response to a valid or invalid request is one that openapi.json describes.

`make test` sends the document's examples and a short fuzz to a real server; `make prove` runs every phase in full.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract.school import ROLES, Role, School, make_school
from tests.support.classroom import Classroom
from tests.support.shop import Shop
from tests.support.system import System

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
FOLDER = Path(__file__).parent
IS_LONG = bool(os.environ.get("COURSIFY_PROVE"))
PHASES = "examples,coverage,fuzzing,stateful" if IS_LONG else "examples,fuzzing"
# For each operation, divided among the roles.
EXAMPLES = int(os.environ.get("COURSIFY_PROVE_EXAMPLES", "1000")) if IS_LONG else 3
EXAMPLES_OF_A_ROLE = math.ceil(EXAMPLES / len(ROLES))
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)


@pytest.fixture
async def school(classroom: Classroom, shop: Shop) -> School:
    return await make_school(classroom, shop)


@pytest.fixture
def server(environment: dict[str, str], tmp_path: Path, clean: None) -> Iterator[System]:
    started = System(environment | {"RATE_LIMIT_FACTOR": "1000000"}, tmp_path)
    started.start("serve")
    started.wait_until_ready()
    yield started
    started.stop()


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_one_that_the_document_describes(
    role: Role,
    school: School,
    server: System,
    environment: dict[str, str],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    person, tally = tmp_path / "person.json", tmp_path / "tally.json"
    person.write_text(json.dumps(school.people[role] | {"database": environment["DATABASE_OWNER_URL"]}))
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={FOLDER / 'schemathesis.toml'}",
        "--no-color",
        "run",
        f"{server.url}/openapi.json",
        f"--phases={PHASES}",
        f"--max-examples={EXAMPLES_OF_A_ROLE}",
        f"--checks={','.join(CHECKS)}",
        "--seed=20261122",
    ]
    variables = {
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(FOLDER),
        "CONTRACT_URL": server.url,
        "CONTRACT_PERSON": str(person),
        "CONTRACT_TALLY": str(tally),
    }
    played = subprocess.run(
        command, cwd=tmp_path, env=os.environ | variables, capture_output=True, text=True, errors="replace", check=False
    )
    assert played.returncode == 0, played.stdout + played.stderr
    answers: dict[str, dict[str, int]] = json.loads(tally.read_text())
    record_property("requests", sum(sum(counts.values()) for counts in answers.values()))
    record_property("operations", len(answers))
    welcome = [operation for operation, counts in answers.items() if any(status[0] == "2" for status in counts)]
    record_property("answered_2xx", len(welcome))
    # Doors of bytes take no credential, only addresses that are signed.
    with_credential = [operation for operation in answers if "/media/" not in operation]
    open_to_most = [operation for operation in with_credential if "/admin/" not in operation]
    assert len(welcome) > len(open_to_most) / 3, "few requests succeeded: did the run lose its credential?"
