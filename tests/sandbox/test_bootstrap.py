"""Installing: a Python that really works, pip's index handed on, a second time nothing, and no address committed."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

TREE = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-tools.lock")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree like ours, in a folder with a space, whose installer only says who it is and what it was told."""
    made = tmp_path / "a tree"
    (made / "scripts").mkdir(parents=True)
    shutil.copy(TREE / "scripts" / "bootstrap", made / "scripts" / "bootstrap")
    for name in (*LOCKS, "pyproject.toml"):
        (made / name).write_text(name)
    (made / "scripts" / "install.py").write_text(
        "import os, pathlib, sys\n"
        "print(sys.executable, sys.argv[1])\n"
        "os.makedirs('.venv/bin', exist_ok=True)\n"
        "pathlib.Path('.venv/bin/python').symlink_to(sys.executable)\n"
        "pathlib.Path('.venv/.installed-' + sys.argv[1]).write_text(sys.argv[2])\n"
    )
    return made


def bootstrap(tree: Path, kind: str, *folders: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([*map(str, folders), os.defpath])
    environment = {"PATH": path, "HOME": "/nonexistent"}
    return subprocess.run(
        [tree / "scripts" / "bootstrap", kind], env=environment, capture_output=True, text=True, check=False
    )


def shim(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_a_python_that_exists_but_fails_is_passed_over(tree: Path, tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    shim(shims, "python3", "echo 'not in this version' >&2; exit 127")
    shim(shims, "python3.12", "exit 127")
    shim(shims, "python3.11", f'exec "{sys.executable}" "$@"')
    done = bootstrap(tree, "run", shims)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(" run\n")


def test_a_second_time_installs_nothing_and_a_changed_lock_does(tree: Path, tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    shim(shims, "python3", f'exec "{sys.executable}" "$@"')
    assert bootstrap(tree, "run", shims).stdout
    again = bootstrap(tree, "run", shims)
    assert (again.returncode, again.stdout) == (0, "")
    (tree / "requirements.lock").write_text("changed")
    shutil.rmtree(tree / ".venv")
    assert bootstrap(tree, "dev", shims).stdout
    assert bootstrap(tree, "run", shims).stdout == "", "what tests need contains what running needs"


@pytest.fixture
def installer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", TREE / "scripts" / "install.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_index_that_pip_asks_is_the_one_that_uv_asks(installer: ModuleType, tmp_path: Path) -> None:
    told = installer.settings_from_pip(
        {
            "index-url": "https://index.example/simple",
            "extra-index-url": "https://one.example/simple\nhttps://two.example/simple",
            "find-links": f"{tmp_path} /nonexistent",
            "cert": "/etc/ca.pem",
            "proxy": "http://proxy.example:3128",
            "trusted-host": "index.example",
        }
    )
    assert told == {
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": str(tmp_path),
        "SSL_CERT_FILE": "/etc/ca.pem",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "HTTP_PROXY": "http://proxy.example:3128",
        "UV_INSECURE_HOST": "index.example",
    }
    assert installer.settings_from_pip({}) == {}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_no_address(name: str) -> None:
    text = (TREE / name).read_text()
    assert "://" not in text
    for requirement in text.replace("\\\n", " ").splitlines():
        if requirement.strip() and not requirement.startswith("#"):
            assert "--hash=sha256:" in requirement
