"""What deploy/caddy/Caddyfile does, through Debian's Caddy; without it these tests are skipped."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.prove.replicas import Replicas, start_replicas
from tests.support.stripe_standin import free_port
from tests.support.tls import write_certificate

FILE = Path(__file__).parents[2] / "deploy" / "caddy" / "Caddyfile"
COURSES = "/api/v1/courses"
STARTS_WITHIN = 20.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("caddy") is None, reason="no caddy is installed here"),
]


@dataclass
class Site:
    client: httpx.Client
    replicas: Replicas


@pytest.fixture(scope="module")
def site(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("caddy")
    certificate, key = folder / "site.pem", folder / "site.key"
    write_certificate(certificate, key, name="localhost")
    settings = {"ALLOWED_HOSTS": "localhost,127.0.0.1", "TRUSTED_PROXIES": "127.0.0.1", "RATE_LIMIT_FACTOR": "100"}
    with start_replicas(environment, folder, **settings) as replicas:
        port = free_port()
        (folder / "Caddyfile").write_text(here(port, certificate, key, replicas))
        own = os.environ | {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        command = ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
        with (folder / "caddy.log").open("wb") as log, subprocess.Popen(command, env=own, stdout=log, stderr=log) as it:
            trusted = ssl.create_default_context(cafile=str(certificate))
            with httpx.Client(
                base_url=f"https://localhost:{port}", verify=trusted, trust_env=False, timeout=60
            ) as client:
                wait_until_served(client, folder / "caddy.log")
                yield Site(client, replicas)
            it.terminate()


def here(port: int, certificate: Path, key: Path, replicas: Replicas) -> str:
    """The file with this machine's addresses, and a certificate of ours instead of Let's Encrypt's."""
    text = FILE.read_text()
    changes = {
        "{\n\tservers {": "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n\tservers {",
        "api.example.com {": f"https://localhost:{port} {{\n\ttls {certificate} {key}",
        "127.0.0.1:8001": replicas.urls[0].removeprefix("http://"),
        "127.0.0.1:8002": replicas.urls[1].removeprefix("http://"),
    }
    for there, ours in changes.items():
        assert there in text
        text = text.replace(there, ours)
    return text


def wait_until_served(client: httpx.Client, log: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            if client.get("/health/live").status_code == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, log.read_text()[-2000:]
        time.sleep(0.1)


def test_requests_are_served_compressed_and_with_our_headers(site: Site) -> None:
    answer = site.client.get(COURSES, headers={"Accept-Encoding": "gzip", "X-Request-ID": "order-4711-abc"})
    assert answer.status_code == 200
    assert answer.headers["x-request-id"] == "order-4711-abc"
    assert site.client.get("/openapi.json").headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/metrics?x=1", "/%6detrics"])
def test_metrics_are_closed(site: Site, path: str) -> None:
    answer = site.client.get(path)
    assert answer.status_code == 404
    assert "python_" not in answer.text


def test_the_address_of_the_client_is_what_caddy_saw(site: Site) -> None:
    """A forged header changes nothing: the same counter goes on."""

    def remaining(forged: str) -> int:
        line = site.client.get(COURSES, headers={"X-Forwarded-For": forged}).headers["ratelimit"]
        return int(line.split(";r=")[1].split(";")[0])

    # One of the two replicas has at least four of the eight requests.
    counts = [remaining(f"203.0.113.{number}") for number in range(8)]
    assert max(counts) - min(counts) >= 3, counts


def test_a_body_that_is_too_large_is_refused(site: Site) -> None:
    answer = site.client.post("/api/v1/users/login", content=b"x" * 13_000_000)
    assert answer.status_code == 413


def test_a_replica_that_stops_is_left_out_without_a_failed_request(site: Site) -> None:
    site.replicas.processes[0].terminate()
    codes = []
    while site.replicas.processes[0].poll() is None or len(codes) < 50:
        codes.append(site.client.get(COURSES).status_code)
    codes += [site.client.get(COURSES).status_code for _ in range(20)]
    assert set(codes) == {200}
