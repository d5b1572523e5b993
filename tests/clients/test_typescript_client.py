"""The TypeScript client: generated from the document, strict, and able to play the tour (`make clients-check`)."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.support.films import mp4
from tests.support.story import Story

ROOT = Path(__file__).parents[2]
CLIENT = ROOT / "clients" / "typescript"
BIN = CLIENT / "node_modules" / ".bin"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_CLIENTS"), reason="make clients-check"),
]


def run(*command: str | Path) -> str:
    finished = subprocess.run([str(part) for part in command], cwd=CLIENT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_the_checked_in_types_are_those_of_the_document(tmp_path: Path) -> None:
    run(BIN / "openapi-typescript", "../../openapi.json", "--output", tmp_path / "schema.d.ts")
    assert (tmp_path / "schema.d.ts").read_text() == (CLIENT / "src" / "schema.d.ts").read_text(), "run `make clients`"


def test_a_storefront_of_fifty_calls_compiles_without_a_cast() -> None:
    text = (CLIENT / "examples" / "storefront.ts").read_text()
    assert text.count("api.") >= 50
    assert " as " not in text
    assert "any" not in text.split()
    assert json.loads((CLIENT / "tsconfig.json").read_text())["compilerOptions"]["strict"] is True
    run(BIN / "tsc")


def test_a_code_that_is_not_handled_does_not_compile(tmp_path: Path) -> None:
    text = (CLIENT / "examples" / "storefront.ts").read_text()
    forgotten = CLIENT / "examples" / "forgotten.ts"
    forgotten.write_text(text.replace('case "own_course": return "This is your own course.";', ""))
    try:
        finished = subprocess.run([BIN / "tsc"], cwd=CLIENT, capture_output=True, text=True, check=False)
    finally:
        forgotten.unlink()
    assert finished.returncode != 0
    assert '"own_course"' in finished.stdout


def test_the_bundle_of_the_demo_is_the_built_one(tmp_path: Path) -> None:
    options = ("--bundle", "--format=esm", "--target=es2022", "--minify", "--legal-comments=inline")
    run(BIN / "esbuild", "src/index.ts", *options, f"--outfile={tmp_path / 'coursify.js'}")
    assert (tmp_path / "coursify.js").read_text() == (ROOT / "demo" / "vendor" / "coursify.js").read_text()


def test_the_tour_succeeds(story: Story, tmp_path: Path) -> None:
    tour = tmp_path / "tour.mjs"
    run(BIN / "esbuild", "examples/tour.ts", "--bundle", "--format=esm", "--platform=node", f"--outfile={tour}")
    film = tmp_path / "film.mp4"
    film.write_bytes(mp4(2))
    assert run("node", tour, story.folder / "run.json", film).strip().splitlines()[-1] == "done"
