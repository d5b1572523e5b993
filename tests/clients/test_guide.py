"""Every block of docs/guide runs, page by page, in each language; every answer there is one that was received."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.support.doc_commands import run_block
from tests.support.films import mp4
from tests.support.mailbox import Mailbox
from tests.support.servers import ServerAddresses
from tests.support.shortened import shorten
from tests.support.story import Story, run_story

from coursify_sandbox.guide.render import DOCS, RESOURCES

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "clients"
TYPESCRIPT = CLIENTS / "typescript"
SECONDS = 120
NAMES = {"sh": "start.sh", "python": "start.py", "ts": "start.ts"}
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Runs the real curl, and keeps the last answer of the API in each step.
CURL = """#!/bin/bash
body=$(mktemp)
{curl} "$@" >"$body"
code=$?
head -c 20 "$body" | tr -d '\\0' | grep -q '^{{"success"' && cp "$body" "$ANSWERS/$STEP.json"
cat "$body"
rm "$body"
exit $code
"""

pytestmark = pytest.mark.slow


def steps_of(page: str) -> list[dict[str, str]]:
    """The blocks of each section by language."""
    sections = re.split(r"^(?=## )", (DOCS / RESOURCES[page][0]).read_text(), flags=re.MULTILINE)
    return [blocks for section in sections if (blocks := dict(BLOCK.findall(section)))]


@pytest.fixture(scope="module")
def story(
    environment: dict[str, str], servers: ServerAddresses, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """A school whose sample instructor sells one course."""
    with run_story(environment, servers, mailbox, tmp_path_factory.mktemp("guide")) as running:
        publish(running)
        yield running


def publish(story: Story) -> None:
    with httpx.Client(base_url=f"{story.run['api']}/api/v1", trust_env=False, timeout=20) as client:

        def post(path: str, body: Any = None) -> dict[str, Any]:
            answer = client.post(path, json=body)
            assert answer.is_success, answer.text
            data: dict[str, Any] = answer.json()["data"]
            return data

        def sign_in(role: str) -> None:
            account = next(account for account in story.run["accounts"] if account["role"] == role)
            credentials = {"email": account["email"], "password": account["password"]}
            client.headers.pop("Authorization", None)
            client.headers["Authorization"] = f"Bearer {post('/users/login', credentials)['accessToken']}"

        sign_in("instructor")
        course = {"title": "A good loaf of bread", "subtitle": "Four weeks, four loaves", "category": "business"}
        text = "<p>Bake one loaf a week, and by the fourth you will not buy bread again.</p>"
        created = post("/courses", course | {"description": text, "price": 4900, "currency": "usd"})
        for title in ("Flour, water, salt, time", "The starter", "Baking"):
            post(f"/courses/{created['id']}/lessons", {"title": title, "content": f"<p>{title}.</p>"})
        post(f"/courses/{created['id']}/submit")
        sign_in("admin")
        post(f"/admin/courses/{created['id']}/approve")


@pytest.fixture(scope="module")
def folder(story: Story, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a reader: what README.md says to save, a picture and a film."""
    made = tmp_path_factory.mktemp("reader")
    beginnings = dict(BLOCK.findall((DOCS / "guide" / "README.md").read_text()))
    for language, name in NAMES.items():
        (made / name).write_text(beginnings[language])
    picture = io.BytesIO()
    Image.linear_gradient("L").resize((640, 360)).save(picture, "PNG")
    (made / "cover.png").write_bytes(picture.getvalue())
    (made / "film.mp4").write_bytes(mp4(2))
    return made


@pytest.fixture(scope="module")
def answers(story: Story, folder: Path) -> dict[str, dict[int, str]]:
    """What the API answered to each step of each page: the pages ran in their order, with curl, on a new school."""
    kept = folder / "answers"
    curl = folder / "bin" / "curl"
    curl.parent.mkdir()
    curl.write_text(CURL.format(curl=shutil.which("curl")))
    curl.chmod(0o755)
    found = {}
    for page in RESOURCES:
        (kept / page).mkdir(parents=True)
        script = "\n".join(f"export STEP={number}\n{step['sh']}" for number, step in enumerate(steps_of(page)))
        variables = {"RUN": str(story.folder / "run.json"), "ANSWERS": str(kept / page)}
        run_block(script, environment=variables, programs=(curl.parent,), folder=folder, seconds=SECONDS)
        found[page] = {int(file.stem): show(file) for file in (kept / page).glob("*.json")}
    return found


def show(file: Path) -> str:
    """On several lines only where one would be long."""
    return render(shorten(json.loads(file.read_bytes()))) + "\n"


def render(value: Any, indent: int = 0) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= 76 or not isinstance(value, dict | list):
        return line
    begin, end = ("{", "}") if isinstance(value, dict) else ("[", "]")
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        entries = [f"{json.dumps(name)}: {render(entry, indent + 2)}" for name, entry in value.items()]
    else:
        entries = [render(entry, indent + 2) for entry in value]
    return f"{begin}\n" + ",\n".join(inner + entry for entry in entries) + f"\n{' ' * indent}{end}"


@pytest.mark.parametrize("page", RESOURCES)
def test_every_answer_of_the_guide_is_what_the_api_answers(answers: dict[str, dict[int, str]], page: str) -> None:
    if os.environ.get("COURSIFY_WRITE_DOCS"):
        write_answers(page, answers[page])
    for number, step in enumerate(steps_of(page)):
        if "json" in step:
            assert step["json"] == answers[page].get(number), f"{page}, step {number}: run with COURSIFY_WRITE_DOCS=1"


def write_answers(page: str, found: dict[int, str]) -> None:
    path = DOCS / RESOURCES[page][0]
    sections = re.split(r"^(?=## )", path.read_text(), flags=re.MULTILINE)
    with_blocks = [index for index, section in enumerate(sections) if BLOCK.search(section)]
    for number, index in enumerate(with_blocks):
        before, begin, rest = sections[index].partition("```json\n")
        if begin:
            after = rest[rest.index("```") :]
            sections[index] = before + begin + found.get(number, "") + after
    path.write_text("".join(sections))


@pytest.mark.parametrize("page", RESOURCES)
def test_every_page_runs_in_python(answers: dict[str, dict[int, str]], story: Story, folder: Path, page: str) -> None:
    script = folder / f"{page}.py"
    script.write_text("\n".join(step["python"] for step in steps_of(page)))
    path = os.pathsep.join([str(folder), str(CLIENTS / "python")])
    variables = os.environ | {"RUN": str(story.folder / "run.json"), "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, script], env=variables, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not os.environ.get("COURSIFY_CLIENTS"), reason="make clients-check")
def test_every_page_compiles_and_runs_in_typescript(
    answers: dict[str, dict[int, str]], story: Story, folder: Path
) -> None:
    sources = TYPESCRIPT / "examples" / "guide"
    sources.mkdir()
    try:
        for page in RESOURCES:
            (sources / f"{page}.ts").write_text("\n".join(step["ts"] for step in steps_of(page)))
        shutil.copy(folder / "start.ts", sources)
        for file in sources.iterdir():
            file.write_text(file.read_text().replace('"coursify-client"', '"../../src/index.js"'))
        run_tool("tsc")
        bundled = (f"--outdir={folder / 'built'}", "--out-extension:.js=.mjs", "--splitting")
        pages = [str(sources / f"{page}.ts") for page in RESOURCES]
        run_tool("esbuild", *pages, "--bundle", "--format=esm", "--platform=node", *bundled)
    finally:
        shutil.rmtree(sources)
    variables = os.environ | {"RUN": str(story.folder / "run.json")}
    for page in RESOURCES:
        command = ["node", folder / "built" / f"{page}.mjs"]
        done = subprocess.run(command, env=variables, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, page + done.stdout + done.stderr


def run_tool(program: str, *arguments: str) -> None:
    command = [TYPESCRIPT / "node_modules" / ".bin" / program, *arguments]
    done = subprocess.run(command, cwd=TYPESCRIPT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", RESOURCES)
def test_every_step_is_in_each_language(page: str) -> None:
    for step in steps_of(page):
        assert set(step) - {"json"} == {"sh", "python", "ts"}
