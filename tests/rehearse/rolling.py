"""Rolling restarts and upgrades by deploy/roll while others use the system."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from scripts.install import TREE
from tests.rehearse.figures import Figures
from tests.rehearse.installation import Installation, Part
from tests.rehearse.load import load, lost_writes
from tests.rehearse.sample_revisions import write_revisions
from tests.rehearse.versions import Version, image, last_release

SETTLE_SECONDS = 2
# What deploy/roll asks to replace: numbers, or the units of deploy/systemd.
ASKED: dict[str, Part] = {
    "1": "api 1",
    "2": "api 2",
    "coursify-api@1": "api 1",
    "coursify-api@2": "api 2",
    "coursify-worker": "worker",
}
# What a school has, so that a revision has something to do.
PEOPLE = """
INSERT INTO users (email, email_canonical, name, bio, role, sessions_valid_after, created_at, updated_at)
SELECT 'sample-' || n || '@example.com', 'sample-' || n || '@example.com', 'Sample', repeat('About me. ', 20),
       'student', now(), now(), now()
FROM generate_series(1, 20000) n
"""


async def roll(installation: Installation, version: Version, *, manager: str | None = None) -> None:
    """Runs deploy/roll, and replaces each replica when it asks; `systemd` asks through a systemctl of ours."""
    requests = installation.folder / "requests"
    requests.mkdir(exist_ok=True)
    urls = [f"http://127.0.0.1:{installation.ports[part]}" for part in ("api 1", "api 2")]
    command = f"{sys.executable} {Path(__file__).with_name('replace.py')} {requests}"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(TREE / "deploy" / "roll"), manager or command),
        *("--drain", str(installation.nginx.drain), "--urls", *urls),
        env=os.environ | {"PATH": f"{systemctl(installation.folder, command)}:{os.environ['PATH']}"},
    )
    while process.returncode is None:
        for name, part in ASKED.items():
            request = requests / f"replace-{name}"
            if request.exists():
                if part in installation.processes:
                    status = await asyncio.to_thread(installation.stop, part)
                    assert status == 0, f"{part} ended with {status}"
                    installation.start(part, installation.versions[part] if part == "worker" else version)
                request.unlink()
        await asyncio.sleep(0.05)
    assert process.returncode == 0, "deploy/roll failed"


def systemctl(folder: Path, replace: str) -> Path:
    """The folder of a program of that name, for `systemctl restart UNIT` where systemd does not run."""
    program = folder / "bin" / "systemctl"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\n[ "$1" = restart ] || exit 1\nexec {replace} "$2"\n')
    program.chmod(0o755)
    return program.parent


async def rolling_upgrades(installation: Installation, figures: Figures) -> None:
    """From the last release to this version and to two later ones, with five revisions, under load."""
    release = last_release(installation.folder)
    ours = image("api", installation.state)
    expanded = write_revisions(installation.folder / "expanded", count=4)
    contracted = write_revisions(installation.folder / "contracted", count=5)
    async with load(installation) as noted:
        await asyncio.sleep(SETTLE_SECONDS)
        for version in (
            ours,
            image("api", installation.state, revisions=expanded),
            image("api", installation.state, revisions=contracted),
        ):
            await asyncio.to_thread(installation.migrate, version)
            await asyncio.sleep(SETTLE_SECONDS)
            await roll(installation, version)
        await asyncio.sleep(SETTLE_SECONDS)
    figures.add(f"upgrades from {release.name} with five revisions", noted.summary())
    figures.require(
        not noted.failures and not noted.unavailable, f"failed: {noted.failures[:5]} {noted.unavailable[:5]}"
    )
    figures.require(not (lost := lost_writes(installation, noted)), f"lost: {lost}")


async def rolling_restarts(installation: Installation, figures: Figures) -> None:
    """The same version twice more, under load: as the operator of deploy/systemd does it."""
    async with load(installation) as noted:
        await asyncio.sleep(SETTLE_SECONDS)
        for _ in range(2):
            await roll(installation, installation.versions["api 1"], manager="systemd")
        await asyncio.sleep(SETTLE_SECONDS)
    figures.add("two rolling restarts", noted.summary())
    figures.require(
        not noted.failures and not noted.unavailable, f"failed: {noted.failures[:5]} {noted.unavailable[:5]}"
    )
    figures.require(not (lost := lost_writes(installation, noted)), f"lost: {lost}")
