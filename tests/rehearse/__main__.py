"""`make rehearse`: the whole installation on one machine without a container engine, and what operators fear.

FULL=1 adds the long rounds. Prints its figures; exits with 1 when a rule did not hold.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import psycopg
from scripts.install import TREE
from tests.rehearse.acme import certificates
from tests.rehearse.figures import Figures
from tests.rehearse.hostile import disk_full, hang_up
from tests.rehearse.installation import Installation, install, seed
from tests.rehearse.outages import postgres_restarted, redis_away, replica_killed
from tests.rehearse.rolling import PEOPLE, rolling_restarts, rolling_upgrades
from tests.rehearse.soak import soak
from tests.rehearse.versions import image, last_release, remove_containers

Step = Callable[[Installation, Figures], Awaitable[None]]
IS_FULL = os.environ.get("FULL") == "1"
STEPS: dict[str, Step] = {
    "upgrades": rolling_upgrades,
    "restarts": rolling_restarts,
    "kills": replica_killed,
    "postgres": postgres_restarted,
    "redis": partial(redis_away, seconds=180 if IS_FULL else 30),
    "hang up": partial(hang_up, clients=5_000),
    "disk": disk_full,
    "acme": certificates,
    "soak": partial(soak, minutes=30 if IS_FULL else 1),
}


def main() -> None:
    figures = Figures()
    chosen = sys.argv[1:] or list(STEPS)
    figures.say("Building the images.")
    # Those of a run that was killed have the files of older images.
    remove_containers()
    for line in build_images().splitlines():
        name, _, size = line.partition(": ")
        figures.add(name, size)
    folder = Path(tempfile.mkdtemp(prefix="coursify-rehearsal-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        with install(folder) as installation:
            asyncio.run(play(installation, figures, chosen))
    finally:
        remove_containers()
        if figures.broken:
            print(f"The logs are in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{figures.table()}")
    if figures.broken:
        sys.exit("\n".join(["What did not hold:", *figures.broken]))
    figures.say("Everything held.")


def build_images() -> str:
    """What deploy/image says of their sizes; its steps are shown where it fails."""
    built = subprocess.run([str(TREE / "deploy" / "image")], check=False, capture_output=True, text=True)
    if built.returncode:
        sys.exit(built.stderr[-5000:] + built.stdout)
    return built.stdout


async def play(installation: Installation, figures: Figures, chosen: list[str]) -> None:
    begin = last_release(installation.folder) if "upgrades" in chosen else image("api", installation.state)
    figures.say(f"Starting two replicas of {begin.name}.")
    installation.migrate(begin)
    seed(installation)
    with psycopg.connect(installation.owner_url, autocommit=True) as db:
        db.execute(PEOPLE)
    for part in ("api 1", "api 2"):
        installation.start(part, begin)
        installation.wait_until_ready(part)
    if "upgrades" in chosen:
        await attempt("upgrades", rolling_upgrades(installation, figures), figures)
    await attempt("tour", asyncio.to_thread(tour, installation, figures), figures)
    for name in chosen:
        if name not in {"upgrades", "tour"}:
            await attempt(name, STEPS[name](installation, figures), figures)


async def attempt(name: str, step: Awaitable[None], figures: Figures) -> None:
    """A step that ends early has not held; the others are played all the same."""
    try:
        await step
    except Exception as error:  # noqa: BLE001  # of any part of the installation
        figures.require(None, f"{name} ended early: {type(error).__name__}: {str(error)[-1500:]}")


def tour(installation: Installation, figures: Figures) -> None:
    """`coursify tour` through nginx, on the images alone; `documents` and worker know the schema of the replicas."""
    revisions = installation.versions["api 1"].revisions
    installation.start("documents", image("documents", installation.state, revisions=revisions))
    installation.start("worker", image("worker", installation.state, revisions=revisions))
    installation.wait_until_ready("documents")
    environment = os.environ | {"PYTHONPATH": str(TREE / "src")}
    command = [sys.executable, "-m", "coursify", "tour", "--data-dir", str(installation.folder), "--patience", "10"]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=900)
    figures.add("`coursify tour` through nginx", f"exit {done.returncode}")
    figures.require(done.returncode == 0, done.stdout[-1500:] + done.stderr[-500:])


if __name__ == "__main__":
    main()
