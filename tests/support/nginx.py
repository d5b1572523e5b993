"""Debian's nginx with the files of deploy/nginx; only addresses, paths and the name of the site are replaced."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from scripts.install import TREE
from tests.support.stripe_standin import free_port
from tests.support.tls import write_certificate

FILES = TREE / "deploy" / "nginx"
NAME = "api.example.com"
STARTS_WITHIN = 10.0


@dataclass
class Nginx:
    """`folder` has its logs, its state (`state/media`), and the files that take a replica out (`run/drain/1`)."""

    folder: Path
    replicas: tuple[int, int]
    documents: int | None = None
    site: str = "systemd"
    port: int = field(default_factory=free_port)
    plain_port: int = field(default_factory=free_port)
    changes: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "tls" / "fullchain.pem"

    @property
    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    @property
    def drain(self) -> Path:
        return self.folder / "run" / "drain"

    def start(self) -> None:
        for name in ("conf/coursify", "logs", "cache", "state/media", "state/acme", "run/drain", "tls"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        if not self.certificate.exists():
            write_certificate(self.certificate, self.certificate.with_name("privkey.pem"), name="localhost")
        self.write_files()
        command = ["nginx", "-c", str(self.folder / "conf" / "nginx.conf"), "-g", "daemon off;"]
        self.process = subprocess.Popen(command)
        deadline = time.monotonic() + STARTS_WITHIN
        while not self.answers():
            assert self.process.poll() is None, (self.folder / "logs" / "error.log").read_text()
            assert time.monotonic() < deadline, "nginx did not answer in time"
            time.sleep(0.02)

    def write_files(self) -> None:
        for path in FILES.glob("*.conf"):
            folder = self.folder / ("conf" if path.name == "nginx.conf" else "conf/coursify")
            (folder / path.name).write_text(self._here(path.read_text()))
        site = (FILES / "sites" / f"{self.site}.conf").read_text()
        (self.folder / "conf" / "coursify" / "site.conf").write_text(self._here(site))

    def _here(self, text: str) -> str:
        places = {
            "/etc/nginx/coursify": f"{self.folder}/conf/coursify",
            f"/etc/letsencrypt/live/{NAME}": f"{self.folder}/tls",
            "/var/log/nginx": f"{self.folder}/logs",
            "/var/cache/nginx": f"{self.folder}/cache",
            "/var/lib/coursify": f"{self.folder}/state",
            "/run/coursify": f"{self.folder}/run",
            "/run/nginx.pid": f"{self.folder}/nginx.pid",
            "127.0.0.1:8001": f"127.0.0.1:{self.replicas[0]}",
            "127.0.0.1:8002": f"127.0.0.1:{self.replicas[1]}",
            NAME: "localhost",
        }
        for there, here in (self.changes | places).items():
            text = text.replace(there, here)
        if self.documents:
            printing = f"upstream documents {{\n    server 127.0.0.1:{self.documents};\n}}\n"
            text = text.replace("upstream both", printing + "upstream both")
            text = text.replace("$documents $replicas", "$documents documents")
        text = re.sub(r"\n *listen \[::\][^\n]*", "", text)
        text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{self.port}", text)
        return re.sub(r"listen 80\b", f"listen 127.0.0.1:{self.plain_port}", text)

    def answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1.0)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)


def is_installed() -> bool:
    return shutil.which("nginx") is not None
