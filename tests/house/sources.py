"""What the tree holds, read once: our own files as git knows them, and our Python as syntax trees."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
PACKAGES = ("coursify", "coursify_sandbox", "stripe_standin")


@cache
def committed_files() -> list[Path]:
    """Every file that is, or is about to be, committed."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):  # an archive without its history
        return [path for path in ROOT.rglob("*") if path.is_file() and not _is_made(path)]
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def _is_made(path: Path) -> bool:
    made = {".venv", ".tools", ".coursify", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    return bool(made & set(path.relative_to(ROOT).parts))


def python_sources() -> dict[Path, ast.Module]:
    """Every Python file of our packages."""
    return {path: syntax_tree(path) for path in python_files()}


@cache
def python_files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((SOURCE / package).rglob("*.py"))]


@cache
def syntax_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
