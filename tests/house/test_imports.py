"""The import contracts hold, and each of them would say so if it did not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from tests.house.sources import PACKAGES, ROOT

TOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
CONTRACTS = [contract["name"] for contract in TOOLS["importlinter"]["contracts"]]

# A line in a file, and the contract that it breaks.
PLANTED = {
    "coursify/commands/audit.py": ("import coursify_sandbox.run_file", "Production never imports"),
    "stripe_standin/clock.py": ("import coursify.core.clock", "The Stripe stand-in imports no"),
    "coursify_sandbox/clock.py": ("import stripe_standin.clock", "No other package imports"),
    "coursify/core/clock.py": ("import coursify.modules.users.models", "The application is a ladder"),
    "coursify/modules/users/errors.py": ("import coursify.modules.courses.errors", "A module knows only"),
    "coursify/modules/reviews/policies.py": ("import coursify.modules.courses.search", "Of another module only"),
    "coursify/modules/courses/policies.py": ("import coursify.modules.courses.queries", "Inside a module"),
    "coursify/pages/core/formats.py": ("import coursify.pages.routes", "A page knows the parts"),
    "coursify/integrations/stripe_facts.py": ("import coursify.modules.payments.models.orders", "Integrations know"),
    "coursify/modules/ledger/queries.py": ("import fastapi", "Only controllers, guards"),
    "coursify/modules/payments/services/fulfil_order.py": ("import stripe", "Only integrations"),
}


@pytest.fixture
def copied_tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "swagger_ui"))
    shutil.copytree(ROOT / "tests/house", tmp_path / "tests/house", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tree / "src"), str(tree)]), "COLUMNS": "200"}
    return subprocess.run(
        [program, "--no-cache"], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )


def test_the_import_contracts_hold(copied_tree: Path) -> None:
    result = lint(copied_tree)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_fails_on_a_planted_violation(copied_tree: Path) -> None:
    for name, (line, _contract) in PLANTED.items():
        with (copied_tree / "src" / name).open("a") as file:
            file.write(f"\n{line}\n")
    result = lint(copied_tree)
    assert result.returncode == 1, result.stdout + result.stderr
    broken = {line.removesuffix(" BROKEN") for line in result.stdout.splitlines() if line.endswith(" BROKEN")}
    assert broken == set(CONTRACTS), result.stdout


def test_every_package_is_checked_for_imports_and_types() -> None:
    assert set(TOOLS["importlinter"]["root_packages"]) == set(PACKAGES)
    assert set(TOOLS["mypy"]["packages"]) == set(PACKAGES)


def test_every_contract_has_its_planted_violation() -> None:
    for contract in CONTRACTS:
        assert any(contract.startswith(beginning) for _line, beginning in PLANTED.values()), contract


def test_a_room_that_nobody_declared_fails(copied_tree: Path) -> None:
    (copied_tree / "src/coursify/modules/courses/utils.py").write_text('"""Anything."""\n')
    result = lint(copied_tree)
    assert result.returncode == 1
    assert "utils" in result.stdout
