"""Two API processes behind Debian's nginx; without nginx these tests are skipped (`make rehearse` installs it)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.prove.replicas import Replicas, start_replicas
from tests.support import nginx
from tests.support.nginx import Nginx


@dataclass
class Site:
    nginx: Nginx
    replicas: Replicas
    client: httpx.Client

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.nginx.folder / "logs" / "access.log").read_text().splitlines()]

    def replica_of(self, path: str, **headers: str) -> str:
        """The port of the replica that answers a GET, or nothing; the line is logged after the response."""
        request_id = uuid4().hex
        answer = self.client.get(path, headers={"X-Request-ID": request_id} | headers)
        assert answer.headers["x-request-id"] == request_id
        deadline = time.monotonic() + 5
        while True:
            found = [line for line in self.log() if line["request_id"] == request_id]
            if found:
                return str(found[0]["replica"].rpartition(":")[2])
            assert time.monotonic() < deadline, "not logged"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def site(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if not nginx.is_installed():
        pytest.skip("no nginx is installed here")
    folder = tmp_path_factory.mktemp("site")
    folder.parent.chmod(0o755)
    settings = {
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "TRUSTED_PROXIES": "127.0.0.1",
        "MEDIA_FOLDER": str(folder / "state" / "media"),
        "MEDIA_ACCEL_PREFIX": "/media-files/",
    }
    for name in ("state/media", "replicas"):
        (folder / name).mkdir(parents=True)
    with start_replicas(environment, folder / "replicas", **settings) as replicas:
        front = Nginx(folder, replicas=(_port(replicas.urls[0]), _port(replicas.urls[1])), changes=SHORT)
        front.start()
        with httpx.Client(base_url=front.url, verify=front.tls, trust_env=False) as client:
            yield Site(front, replicas, client)
        front.stop()


# Limits are the same with other numbers, and pytest's folders are root's.
SHORT = {
    "client_header_timeout 10s": "client_header_timeout 1s",
    "client_body_timeout 15s": "client_body_timeout 1s",
    "gzip_min_length 1024": "gzip_min_length 64",
    "rate=100r/s": "rate=5r/s",
    "user www-data": "user root",
}


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])
