"""A wheel holds `coursify` alone, and its commands work without the sandbox."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from coursify.cli import COMMANDS, SANDBOX, SANDBOX_COMMANDS

ROOT = Path(__file__).resolve().parents[2]
SANDBOX_LINES = [
    *((name,) for name, (path, _) in COMMANDS.items() if path.startswith(SANDBOX)),
    *(("sandbox", name) for name in SANDBOX_COMMANDS),
]
PRODUCTION = [name for name, (path, _) in COMMANDS.items() if not path.startswith(SANDBOX)]
# A checkout has all packages on its path; this finder makes the import of two of them fail as if they were absent.
WITHOUT_SANDBOX = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in {"coursify_sandbox", "stripe_standin"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
from coursify.cli import main
main()
"""


def run_without_sandbox(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", WITHOUT_SANDBOX, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("words", SANDBOX_LINES, ids=" ".join)
def test_a_sandbox_command_says_in_one_line_that_it_comes_with_a_checkout(words: tuple[str, ...]) -> None:
    ended = run_without_sandbox(*words)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == "This command needs the sandbox, which comes with a checkout of Coursify: run it there.\n"


@pytest.mark.parametrize("words", [(), *((name,) for name in PRODUCTION)], ids=" ".join)
def test_a_production_command_loads_without_the_sandbox(words: tuple[str, ...]) -> None:
    ended = run_without_sandbox(*words, "--help")
    assert ended.returncode == 0, ended.stderr


def test_a_wheel_holds_coursify_alone_with_its_migrations(tmp_path: Path) -> None:
    own = ROOT / ".tools/uv/bin/uv"
    uv = str(own) if own.is_file() else shutil.which("uv")
    if uv is None:
        pytest.skip("uv is not installed in this tree")
    # uv has this build backend built in, so that nothing is downloaded.
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
