"""The versions that serve side by side: the last release from its commit, our images, images with more revisions."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from scripts.install import TREE

RUN_ROOT = TREE / "deploy" / "run_root"
# The tag may be missing in a fresh clone; its commit is not.
LAST_RELEASE = (TREE / "deploy" / "last_release").read_text().split()
PACKAGES = "/opt/coursify/lib/python3.11/site-packages"


@dataclass(frozen=True)
class Version:
    """How one version is run: `command` before the words, `environment` above that of the installation."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    revisions: Path | None = None

    def run(self, *words: str) -> list[str]:
        return [*self.command, *words]


def last_release(folder: Path) -> Version:
    """The source of the last release, on this tree's Python."""
    name, commit = LAST_RELEASE
    source = folder / name
    if not source.exists():
        source.mkdir(parents=True)
        archive = subprocess.run(
            ["git", "-C", str(TREE), "archive", commit, "src/coursify"], check=False, capture_output=True
        )
        if archive.returncode:
            sys.exit(f"The commit of {name} is not in this clone: git fetch --unshallow")
        subprocess.run(["tar", "--extract", "--directory", str(source)], input=archive.stdout, check=True)
    # What it stores belongs to everyone, as images run under another account.
    command = ("sh", "-c", 'umask 0; exec "$@"', "sh", sys.executable, "-m", "coursify")
    return Version(name, command, {"PYTHONPATH": str(source / "src"), "PYTHONDONTWRITEBYTECODE": "1"})


def image(target: str, state: Path, *, revisions: Path | None = None) -> Version:
    """An image that deploy/image built, in its own root; with `revisions` instead of those that it has."""
    root = mounted_root(f"coursify-{target}")
    bind = f"{revisions}:{PACKAGES}/coursify/migrations/versions" if revisions else ""
    name = f"the image {target}" + (f" with {revisions.name}" if revisions else "")
    return Version(name, (str(RUN_ROOT), str(root), "coursify"), {"STATE": str(state), "BIND": bind}, revisions)


def mounted_root(name: str) -> Path:
    """The files of an image; a container of that name keeps them mounted."""
    container = f"rehearse-{name}"
    found = subprocess.run(["buildah", "mount", container], check=False, capture_output=True, text=True)
    if found.returncode:
        subprocess.run(["buildah", "from", "--name", container, name], check=True, capture_output=True)
        found = subprocess.run(["buildah", "mount", container], capture_output=True, text=True, check=True)
    return Path(found.stdout.strip())


def remove_containers() -> None:
    listed = subprocess.run(
        ["buildah", "containers", "--format", "{{.ContainerName}}"], check=False, capture_output=True, text=True
    )
    for name in listed.stdout.split():
        if name.startswith("rehearse-"):
            subprocess.run(["buildah", "rm", name], check=False, capture_output=True)
