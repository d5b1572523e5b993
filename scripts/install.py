"""Installs uv, and with it the locked packages and this project, into the tree and nowhere else.

Called by `scripts/bootstrap` as `install.py run|dev STAMP`. Only locks with hashes are installed. Which package
index is asked is the machine's business: uv does not read pip's configuration, so it is handed on.
"""

from __future__ import annotations

import ast
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TREE = Path(__file__).resolve().parent.parent
TOOLS = TREE / ".tools"
VENV = TREE / ".venv"
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}
UV_LOCK = "requirements-tools.lock"
# Outside of a virtual environment: the one with pip and its settings.
PYTHON = getattr(sys, "_base_executable", sys.executable)


def main() -> None:
    kind, stamp = sys.argv[1:3]
    if kind not in LOCKS:
        sys.exit(f"scripts/bootstrap takes `run` or `dev`, not `{kind}`.")
    os.chdir(TREE)
    TOOLS.mkdir(exist_ok=True)
    with alone():
        if is_installed(kind, stamp):
            return
        began = time.monotonic()
        print(f"Installing into {TREE} ({LOCKS[kind]}); this happens once.", flush=True)
        for other in LOCKS:
            (VENV / f".installed-{other}").unlink(missing_ok=True)
        environment = uv_environment()
        uv = find_uv(environment)
        make_venv(uv, environment)
        target = ["--python", str(VENV / "bin" / "python")]
        install = [*uv, "pip", "install", *([] if sys.stderr.isatty() else ["--quiet"]), *target]
        run([*install, "--compile-bytecode", "--require-hashes", "-r", LOCKS[kind]], environment)
        run([*install, "--quiet", "--no-deps", "--editable", "."], environment)
        run([str(VENV / "bin" / "python"), "-m", "compileall", "-q", "src"], environment)
        (VENV / f".installed-{kind}").write_text(stamp)
        print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


@contextmanager
def alone() -> Iterator[None]:
    """Two `make`s at once take turns."""
    with (TOOLS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_installed(kind: str, stamp: str) -> bool:
    stamps = (VENV / f".installed-{kind}", VENV / ".installed-dev")
    return any(path.is_file() and path.read_text() == stamp for path in stamps)


def find_uv(environment: dict[str, str]) -> list[str]:
    """The uv of this tree, installed by pip from its own lock; without pip, a uv that is on the path."""
    home = TOOLS / "uv"
    uv = home / "bin" / "uv"
    locked = (TREE / UV_LOCK).read_text()
    note = home / "installed.lock"
    if uv.exists() and note.exists() and note.read_text() == locked:
        return [str(uv)]
    shutil.rmtree(home, ignore_errors=True)
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--target", str(home), "--no-cache-dir"]
    command += ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", UV_LOCK]
    if has_pip():
        run(command, environment)
        note.write_text(locked)
        return [str(uv)]
    outside = shutil.which("uv")
    if outside is None:
        sys.exit(f"{PYTHON} has no pip: install pip for it (or uv), or name another with PYTHON=/path.")
    return [outside]


def has_pip() -> bool:
    found = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False)
    return found.returncode == 0


def make_venv(uv: list[str], environment: dict[str, str]) -> None:
    """Keep a virtual environment that works and stands where it was made; make any other anew."""
    python = VENV / "bin" / "python"
    if python.exists():
        probe = [str(python), "-c", "import sys; print(sys.prefix, sys.version_info >= (3, 11))"]
        answer = subprocess.run(probe, capture_output=True, text=True, check=False)
        activate = VENV / "bin" / "activate"
        stays = activate.exists() and str(VENV) in activate.read_text()
        if answer.returncode == 0 and answer.stdout.strip() == f"{VENV} True" and stays:
            return
    run([*uv, "venv", "--quiet", "--clear", "--no-project", "--python", sys.executable, str(VENV)], environment)


def uv_environment() -> dict[str, str]:
    """Nothing outside the tree is written, no Python is downloaded, and pip's index stays the index."""
    environment = dict(os.environ)
    environment |= {
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PYTHON_PREFERENCE": "only-system",
        "UV_PYTHON_INSTALL_DIR": str(TOOLS / "python"),
        "UV_TOOL_DIR": str(TOOLS / "uv-tools"),
        "UV_NO_PROGRESS": "" if sys.stderr.isatty() else "1",
        "PIP_USER": "0",
        "PIP_REQUIRE_VIRTUALENV": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
    defaults = {"UV_CACHE_DIR": str(TOOLS / "cache"), **settings_from_pip(pip_settings())}
    for name, value in defaults.items():
        environment.setdefault(name, value)
    environment.pop("VIRTUAL_ENV", None)
    return {name: value for name, value in environment.items() if value or not name.startswith("UV_")}


def pip_settings() -> dict[str, str]:
    """What pip would use to install, by option name; its own order: global, install, environment."""
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False)
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.stdout.splitlines():
        key, _, shown = line.partition("=")
        section, _, option = key.rpartition(".")
        if section in found:
            found[section][option.replace("_", "-")] = str(ast.literal_eval(shown))
    return {**found["global"], **found["install"], **found[":env:"]}


def settings_from_pip(settings: dict[str, str]) -> dict[str, str]:
    """What pip calls it, in the words of uv. Asked for several indexes, pip takes the best answer of all."""
    handed_on = {
        "UV_DEFAULT_INDEX": settings.get("index-url", ""),
        "UV_INDEX": " ".join(settings.get("extra-index-url", "").split()),
        "UV_FIND_LINKS": ",".join(filter(_is_there, settings.get("find-links", "").split())),
        "UV_INSECURE_HOST": " ".join(settings.get("trusted-host", "").split()),
        "UV_HTTP_TIMEOUT": settings.get("timeout") or settings.get("default-timeout", ""),
        "SSL_CERT_FILE": settings.get("cert", ""),
        "SSL_CLIENT_CERT": settings.get("client-cert", ""),
        "HTTPS_PROXY": settings.get("proxy", ""),
        "HTTP_PROXY": settings.get("proxy", ""),
    }
    if handed_on["UV_INDEX"]:
        handed_on["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    if settings.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        handed_on["UV_NO_INDEX"] = "1"
    return {name: value for name, value in handed_on.items() if value}


def _is_there(place: str) -> bool:
    return "://" in place or Path(place).exists()


def run(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, check=False)
    if done.returncode != 0:
        sys.exit(f"This failed ({done.returncode}): {' '.join(command)}\nNothing outside {TREE} was changed.")


if __name__ == "__main__":
    main()
