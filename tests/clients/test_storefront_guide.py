"""Every block of docs/storefront.md runs, in the order of the page, in each language."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.clients.traffic import Recorder
from tests.support.doc_commands import run_block
from tests.support.story import Story

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "storefront.md").read_text()
CLIENTS = ROOT / "clients"

pytestmark = pytest.mark.slow


def script_of(language: str) -> str:
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 11, "one for the beginning, and one for each step"
    return "\n".join(blocks)


@pytest.fixture(scope="module")
def school(story: Story) -> Iterator[Story]:
    """A school with one course that has a price."""
    sys.path.insert(0, str(CLIENTS / "python"))
    from coursify_client import Coursify  # noqa: PLC0415  # found by path
    from tests.clients import python_tour  # noqa: PLC0415  # it imports the client

    recorder = Recorder(json.loads((ROOT / "openapi.json").read_text()))
    teacher, admin = (Coursify(story.run["api"], transport=recorder) for _ in range(2))
    with teacher, admin:
        python_tour.publish(story.run, teacher, admin, "guide")
    yield story
    sys.path.remove(str(CLIENTS / "python"))


def test_the_blocks_of_curl_run(school: Story) -> None:
    run_block(script_of("sh"), environment={"API": school.run["api"]})


def test_the_blocks_of_python_run(school: Story, tmp_path: Path) -> None:
    script = tmp_path / "storefront.py"
    script.write_text(script_of("python"))
    variables = os.environ | {"API": school.run["api"], "PYTHONPATH": str(CLIENTS / "python")}
    done = subprocess.run([sys.executable, script], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not os.environ.get("COURSIFY_CLIENTS"), reason="make clients-check")
def test_the_blocks_of_typescript_compile_and_run(school: Story, tmp_path: Path) -> None:
    client = CLIENTS / "typescript"
    source, built = client / "examples" / "guide.ts", tmp_path / "guide.mjs"
    source.write_text(script_of("ts").replace('"coursify-client"', '"../src/index.js"'))
    bundle = ("esbuild", source, "--bundle", "--format=esm", "--platform=node", f"--outfile={built}")
    try:
        for command in (("tsc",), bundle):
            program, *arguments = (str(part) for part in command)
            path = str(client / "node_modules" / ".bin" / program)
            done = subprocess.run([path, *arguments], cwd=client, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    finally:
        source.unlink()
    variables = os.environ | {"API": str(school.run["api"])}
    done = subprocess.run(["node", built], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
