"""install.md as an operator follows it, from an empty virtual environment to the first sale, and then upgrade.md."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scripts.install import find_uv, uv_environment
from tests.house.sources import ROOT
from tests.support.doc_commands import blocks_of, run_block
from tests.support.mailbox import Mailbox
from tests.support.servers import ServerAddresses
from tests.support.stripe_standin import StripeStandin

from coursify.migrations.revisions import find_head
from coursify_sandbox.ports import free_port
from coursify_sandbox.postgres_paths import choose_paths

pytestmark = pytest.mark.skipif("COURSIFY_TEST_WHEEL" not in os.environ, reason="`make test-wheel` installs the wheel")
GUIDE, UPGRADE = ROOT / "docs/operations/install.md", ROOT / "docs/operations/upgrade.md"
INSTALL_SECONDS = 900
# Both would only take time.
QUICK_PIP = {"PIP_NO_COMPILE": "1", "PIP_CACHE_DIR": str(Path.home() / ".cache/pip")}
PSQL = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")


@pytest.fixture(scope="module")
def superuser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """An empty PostgreSQL with its superuser; the environment in which `psql` reaches it."""
    paths = choose_paths(tmp_path_factory.mktemp("cluster"))
    account = {"user": paths.account.uid, "group": paths.account.gid, "extra_groups": ()} if paths.account else {}
    paths.data.parent.mkdir(parents=True, exist_ok=True)
    password, secret = secrets.token_hex(16), paths.data.parent / "secret"
    secret.write_text(password)
    if paths.account:
        os.chown(secret, paths.account.uid, paths.account.gid)
        os.chown(paths.data.parent, paths.account.uid, paths.account.gid)

    def run(*command: str) -> None:
        subprocess.run(command, cwd="/", check=True, stdout=subprocess.DEVNULL, **account)

    port = free_port()
    data, control = str(paths.data), str(paths.binaries / "pg_ctl")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
    initdb = str(paths.binaries / "initdb")
    run(
        initdb, "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "-A", "scram-sha-256", "--pwfile", str(secret)
    )
    log = str(paths.data.parent / "log")
    run(control, "-D", data, "-l", log, "-w", "-o", options, "start")
    yield {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(port),
        "PGUSER": "postgres",
        "PGPASSWORD": password,
        "BINARIES": str(paths.binaries),
    }
    run(control, "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(paths.data, ignore_errors=True)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with the wheel and the lock alone. What the guide starts in it is stopped."""
    environment = uv_environment()
    build = [*find_uv(environment), "build", "--quiet", "--wheel", "--offline", "--no-config"]
    subprocess.run([*build, "--out-dir", str(tmp_path), str(ROOT)], env=environment, check=True)
    shutil.copy(ROOT / "requirements-prod.lock", tmp_path)
    yield tmp_path
    for file in tmp_path.glob("*.pid"):
        stop(int(file.read_text()))


def stop(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 30
    while Path(f"/proc/{pid}/exe").exists() and time.monotonic() < deadline:
        time.sleep(0.1)


def fill_in(file: Path, settings: dict[str, str]) -> None:
    """What the guide asks an operator to write into `.env`."""
    text = file.read_text()
    for name, value in settings.items():
        line = f"{name}={value}"
        text, found = re.subn(rf"^{name}=.*$", lambda _match, line=line: line, text, flags=re.MULTILINE)
        text += "" if found else f"{line}\n"
    file.write_text(text)


def test_the_guide_leads_from_an_empty_environment_to_the_first_sale(
    folder: Path,
    superuser: dict[str, str],
    servers: ServerAddresses,
    stripe_standin: StripeStandin,
    mailbox: Mailbox,
) -> None:
    servers.require_redis()
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    own = {
        "https://api.stripe.com": stripe_standin.url,
        "https://api.example.com": address,
        "http://127.0.0.1:8000": address,
        "--port 8000": f"--port {port}",
    }
    # The environment of an operator: no setting of the tests, no checkout on the path.
    empty = {"PYTHONPATH": "", "HOME": str(folder), **QUICK_PIP, **{key: superuser[key] for key in PSQL}}
    python = Path(subprocess.run(["which", "python3"], capture_output=True, text=True, check=True).stdout.strip())
    programs = (python.parent, Path(superuser["BINARIES"]))

    def follow(block: str) -> str:
        for example, value in own.items():
            block = block.replace(example, value)
        return run_block(block, environment=empty, programs=programs, folder=folder, seconds=INSTALL_SECONDS)

    install, init, roles, migrate, webhook, start, check, admin, sale = blocks_of(GUIDE)
    assert "0." in follow(install)
    follow(init)
    env = folder / ".env"
    assert env.stat().st_mode & 0o777 == 0o600
    env.write_text(env.read_text().replace("@127.0.0.1:5432/", f"@127.0.0.1:{superuser['PGPORT']}/"))
    fill_in(
        env,
        {
            # Without a certificate, this is no address for customers.
            "ENVIRONMENT": "test",
            "REDIS_URL": servers.redis_url(15),
            "STRIPE_SECRET_KEY": stripe_standin.secret_key,
            "STRIPE_PUBLISHABLE_KEY": stripe_standin.publishable_key,
            "STRIPE_API_BASE": stripe_standin.url,
            "STRIPE_WEBHOOK_SECRET": "whsec_unknown_yet",
            "SENDGRID_API_KEY": mailbox.api_key,
            "SENDGRID_API_BASE": mailbox.url,
            "MEDIA_FOLDER": str(folder / "media"),
            "MEDIA_SCRATCH_FOLDER": str(folder / "scratch"),
        },
    )
    steps: list[Callable[[], str]] = [lambda block=block: follow(block) for block in (roles, migrate, webhook, start)]
    for step in steps:
        step()
    assert "0 failures" in follow(check)
    follow(admin)
    assert follow(sale).splitlines()[-2:] == ["The payment is succeeded.", "True"]
    assert any(key.startswith("check:") for key in mailbox.message_keys("you@example.com"))
    assert '"event":"stopped"' not in (folder / "serve.log").read_text()

    upgrade, migrate, roll_back = blocks_of(UPGRADE)
    follow(upgrade)
    assert f"The schema is at revision {find_head()}, as before." in follow(migrate)
    assert f"whose newest revision is {find_head()}" in follow(roll_back)
    assert (folder / "venv.failed").is_dir()
