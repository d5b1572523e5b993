"""scripts/bootstrap finds a working Python, passes pip's settings to uv, and installs only what changed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROJECT_ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements-prod.lock", "requirements.lock", "requirements-dev.lock", "requirements-tools.lock")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout in a folder with a space in its name, whose installer prints its interpreter and its argument."""
    created = tmp_path / "a tree"
    (created / "scripts").mkdir(parents=True)
    shutil.copy(PROJECT_ROOT / "scripts" / "bootstrap", created / "scripts" / "bootstrap")
    for name in (*LOCKS, "pyproject.toml"):
        (created / name).write_text(name)
    (created / "scripts" / "install.py").write_text(
        "import os, pathlib, sys\n"
        "print(sys.executable, sys.argv[1])\n"
        "os.makedirs('.venv/bin', exist_ok=True)\n"
        "pathlib.Path('.venv/bin/python').symlink_to(sys.executable)\n"
        "pathlib.Path('.venv/.installed-' + sys.argv[1]).write_text(sys.argv[2])\n"
    )
    return created


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


def test_a_python_that_exists_but_fails_is_skipped(tree: Path, tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    shim(shims, "python3", "echo 'not in this version' >&2; exit 127")
    shim(shims, "python3.12", "exit 127")
    shim(shims, "python3.11", f'exec "{sys.executable}" "$@"')
    completed = bootstrap(tree, "run", shims)
    assert completed.returncode == 0, completed.stderr
    assert completed.stdout.endswith(" run\n")


def test_a_second_run_installs_only_when_the_lock_file_changed(tree: Path, tmp_path: Path) -> None:
    shims = tmp_path / "shims"
    shim(shims, "python3", f'exec "{sys.executable}" "$@"')
    assert bootstrap(tree, "run", shims).stdout
    again = bootstrap(tree, "run", shims)
    assert (again.returncode, again.stdout) == (0, "")
    (tree / "requirements.lock").write_text("changed")
    shutil.rmtree(tree / ".venv")
    assert bootstrap(tree, "dev", shims).stdout
    assert bootstrap(tree, "run", shims).stdout == "", "the development packages include those of `run`"


@pytest.fixture
def installer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", PROJECT_ROOT / "scripts" / "install.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_uv_uses_the_package_index_of_pip(installer: ModuleType, tmp_path: Path) -> None:
    settings = installer.settings_from_pip(
        {
            "index-url": "https://index.example/simple",
            "extra-index-url": "https://one.example/simple\nhttps://two.example/simple",
            "find-links": f"{tmp_path} /nonexistent",
            "cert": "/etc/ca.pem",
            "proxy": "http://proxy.example:3128",
            "trusted-host": "index.example",
        }
    )
    assert settings == {
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
def test_a_lock_file_has_hashes_and_no_urls(name: str) -> None:
    text = (PROJECT_ROOT / name).read_text()
    assert "://" not in text
    for requirement in text.replace("\\\n", " ").splitlines():
        if requirement.strip() and not requirement.startswith("#"):
            assert "--hash=sha256:" in requirement
