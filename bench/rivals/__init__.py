"""What a user would pick instead, on the same PostgreSQL and the same rows: installed and started here."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
from scripts.install import find_uv, uv_environment
from tests.support.plain_http import PLAIN

from bench.system import DATABASE, FOLDER, Server, System
from coursify_sandbox.ports import free_port

HERE = Path(__file__).parent
HOME = FOLDER / "rivals"
PYTHON = HOME / "venv" / "bin" / "python"
JWT_SECRET = secrets.token_hex(32)
NODE = shutil.which("node") or "node"
LISTING = "/api/v1/courses"


def install() -> None:
    """Node's packages by npm, Django's by uv, both locked; a second call does nothing."""
    locks = [HERE / "package-lock.json", HERE / "requirements.lock", *HERE.glob("express/*.prisma")]
    wanted = "".join(path.read_text() for path in locks) + str(HOME)
    stamp = HOME / "installed"
    HOME.mkdir(parents=True, exist_ok=True)
    for folder in ("express", "fastify", "django"):
        shutil.copytree(HERE / folder, HOME / folder, dirs_exist_ok=True)
    if not (stamp.exists() and stamp.read_text() == wanted):
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, HOME / name)
        _run(["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"], HOME)
        # The client talks to PostgreSQL by `pg`; Prisma only wants to see an engine of its own before it generates.
        engine = os.environ | {"PRISMA_SCHEMA_ENGINE_BINARY": shutil.which("true") or "/bin/true"}
        _run([str(HOME / "node_modules/.bin/prisma"), "generate"], HOME / "express", engine)
        _install_django()
        stamp.write_text(wanted)
    bundle = ["--bundle", "--platform=node", "--format=esm", "--packages=external", "--log-level=error"]
    _run([str(HOME / "node_modules/.bin/esbuild"), "server.ts", *bundle, "--outfile=server.mjs"], HOME / "express")


def _install_django() -> None:
    environment = uv_environment()
    uv = find_uv(environment)
    _run([*uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(HOME / "venv")], HOME)
    install = [*uv, "pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes"]
    _run([*install, "-r", str(HERE / "requirements.lock")], HOME, environment)


def _run(command: list[str], cwd: Path, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=cwd, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"This failed: {' '.join(command)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")


def _environment(system: System, port: int, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(HOME),
        "NODE_ENV": "production",
        "PORT": str(port),
        "DATABASE_URL": system.cluster.app_url(DATABASE),
        "JWT_SECRET": JWT_SECRET,
        **more,
    }


def start_express(system: System, *, name: str = "Express + Prisma", **more: str) -> Server:
    port = free_port()
    words, environment = [NODE, "server.mjs"], _environment(system, port, **more)
    return system.start_server(name, words, environment, port=port, health=LISTING, cwd=HOME / "express")


def start_express_with_redis(system: System) -> Server:
    return start_express(system, name="Express + Prisma + Redis", REDIS_URL=system.redis.url(1))


def start_fastify(system: System, *, name: str = "Fastify + pg", **more: str) -> Server:
    port = free_port()
    words, environment = [NODE, "server.js"], _environment(system, port, **more)
    return system.start_server(name, words, environment, port=port, health=LISTING, cwd=HOME / "fastify")


def start_fastify_with_map(system: System) -> Server:
    return start_fastify(system, name="Fastify + pg + map", CACHE="1")


def start_django(system: System) -> Server:
    port = free_port()
    words = [str(PYTHON), "-m", "gunicorn", "django.core.wsgi:get_wsgi_application()", "--workers", "1"]
    words += ["--threads", "8", "--keep-alive", "60", "--bind", f"127.0.0.1:{port}", "--access-logfile", "-"]
    environment = _environment(system, port, DJANGO_SETTINGS_MODULE="settings")
    return system.start_server("Django REST", words, environment, port=port, health=LISTING, cwd=HOME / "django")


def start_raw(system: System, ours: Server, path: str, name: str) -> Server:
    """Fixed bytes: what ours answers to `path`."""
    answer = httpx.get(ours.url + path, headers={"Accept-Encoding": "identity"}, **PLAIN)
    body, headers = FOLDER / f"{name}.json", FOLDER / f"{name}.headers"
    body.write_bytes(answer.content)
    left_out = {"date", "server"}
    lines = [f"{key}: {value}" for key, value in answer.headers.items() if key not in left_out]
    headers.write_text("\n".join(lines))
    port = free_port()
    words = [sys.executable, "-m", "granian", "--interface", "asgi", "--loop", "uvloop", "--no-ws", "--workers", "1"]
    words += ["--host", "127.0.0.1", "--port", str(port), "bench.rivals.raw:app"]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(HERE.parents[1]), "BODY": str(body), "HEADERS": str(headers)}
    return system.start_server(name, words, environment, port=port, health=path)


def start_nginx(system: System, ours: Server) -> Server:
    port, folder = free_port(), FOLDER / "nginx"
    folder.mkdir(exist_ok=True)
    text = (HERE / "nginx.conf").read_text()
    for word, value in {"FOLDER": str(folder), "PORT": str(port), "UPSTREAM": ours.url[7:]}.items():
        text = text.replace(word, value)
    (folder / "nginx.conf").write_text(text)
    words = [shutil.which("nginx") or "nginx", "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
    environment = {"PATH": os.defpath}
    return system.start_server("nginx cache", words, environment, port=port, health=LISTING)


STARTS: dict[str, Callable[[System], Server]] = {
    "Express + Prisma": start_express,
    "Express + Prisma + Redis": start_express_with_redis,
    "Fastify + pg": start_fastify,
    "Fastify + pg + map": start_fastify_with_map,
    "Django REST": start_django,
}
