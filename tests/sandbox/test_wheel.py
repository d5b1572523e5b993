"""The wheel contains only `coursify`, and its commands work without the sandbox."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from coursify.cli import COMMANDS, SANDBOX, SANDBOX_COMMANDS

ROOT = Path(__file__).resolve().parents[2]
SANDBOX_ARGUMENTS = [
    *((name,) for name, (path, _) in COMMANDS.items() if path.startswith(SANDBOX)),
    *(("sandbox", name) for name in SANDBOX_COMMANDS),
]
PRODUCTION_COMMANDS = [name for name, (path, _) in COMMANDS.items() if not path.startswith(SANDBOX)]
# A checkout has all packages on its path. This finder makes the import of two of them fail, as in production.
WITHOUT_SANDBOX = """
import sys

class MissingPackages:
    def find_spec(self, name, path=None, target=None):
        if name in {"coursify_sandbox", "stripe_standin"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, MissingPackages())
from coursify.cli import main
"""
# Every argument is a command; in one process, because most of its time is the import of the application.
SHOW_HELP = """
for name in sys.argv[1:]:
    sys.argv[1:] = [name, "--help"]
    try:
        main()
    except SystemExit as ended:
        if ended.code:
            raise
"""


def run_without_sandbox(*arguments: str, calls: str = "main()") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_SANDBOX + calls, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("arguments", SANDBOX_ARGUMENTS, ids=" ".join)
def test_a_sandbox_command_says_in_one_line_that_it_needs_a_checkout(arguments: tuple[str, ...]) -> None:
    ended = run_without_sandbox(*arguments)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == "This command needs the sandbox. Run it in a checkout of Coursify.\n"


def test_the_help_of_all_commands_loads_without_the_sandbox() -> None:
    ended = run_without_sandbox("--help")
    assert ended.returncode == 0, ended.stderr


def test_every_production_command_loads_without_the_sandbox() -> None:
    ended = run_without_sandbox(*PRODUCTION_COMMANDS, calls=SHOW_HELP)
    assert ended.returncode == 0, ended.stderr
    for name in PRODUCTION_COMMANDS:
        assert f"coursify {name}" in ended.stdout


def test_the_wheel_contains_only_coursify_and_its_migrations(tmp_path: Path) -> None:
    installed = ROOT / ".tools/uv/bin/uv"
    uv = str(installed) if installed.is_file() else shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed")
    # uv contains this build backend, so nothing is downloaded.
    command = [uv, "build", "--wheel", "--offline", "--no-config", "--out-dir", str(tmp_path), str(ROOT)]
    environment = os.environ | {"UV_CACHE_DIR": str(tmp_path / "cache")}
    built = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    folders = {name.split("/")[0] for name in names}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == {"coursify"}
    migrations = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src/coursify/migrations").rglob("*.*")}
    assert {name for name in migrations if "__pycache__" not in name} <= set(names)
