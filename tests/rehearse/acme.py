"""A certificate from a real ACME server: Debian's certbot against Debian's pebble, through the port 80 of our nginx."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from tests.rehearse.figures import Figures
from tests.rehearse.installation import Installation
from tests.support.stripe_standin import free_port
from tests.support.tls import write_certificate

SITE = "api.example.com"
STARTS_WITHIN = 20


async def certificates(installation: Installation, figures: Figures) -> None:
    """Issued over HTTP-01, then renewed by force; each has another serial number and is valid for our name."""
    folder = installation.folder / "acme"
    folder.mkdir()
    with authority(folder, http_port=installation.nginx.plain_port) as (directory, trusted):
        await reachable(directory)
        issued = await asyncio.to_thread(run_certbot, folder, installation, directory, trusted, "certonly")
        renewed = await asyncio.to_thread(run_certbot, folder, installation, directory, trusted, "renew")
    names = renewed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    figures.require(issued.serial_number != renewed.serial_number, "the renewal gave the same certificate")
    figures.require(SITE in names.get_values_for_type(x509.DNSName), f"not for {SITE}: {names}")
    figures.add("a certificate by ACME", f"issued and renewed by {renewed.issuer.rfc4514_string()}")


@contextmanager
def authority(folder: Path, *, http_port: int) -> Iterator[tuple[str, Path]]:
    """pebble, which looks every name up at its own name server: all are this machine."""
    listen, manage, names = free_port(), free_port(), free_port()
    certificate, key = folder / "pebble.pem", folder / "pebble.key"
    write_certificate(certificate, key, name="localhost")
    config = {
        "listenAddress": f"127.0.0.1:{listen}",
        "managementListenAddress": f"127.0.0.1:{manage}",
        "certificate": str(certificate),
        "privateKey": str(key),
        "httpPort": http_port,
        "tlsPort": free_port(),
        "ocspResponderURL": "",
        "externalAccountBindingRequired": False,
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": config}))
    only_names = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-dns01", f"127.0.0.1:{names}"]
    ours = ["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-management", f"127.0.0.1:{free_port()}"]
    commands = [
        ["pebble-challtestsrv", *only_names, *ours],
        ["pebble", "-config", str(folder / "pebble.json"), "-dnsserver", f"127.0.0.1:{names}"],
    ]
    # Its rejected nonces and its waiting are there to test clients.
    environment = os.environ | {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}
    with (folder / "pebble.log").open("wb") as log:
        running = [subprocess.Popen(command, env=environment, stdout=log, stderr=log) for command in commands]
    try:
        yield f"https://127.0.0.1:{listen}/dir", certificate
    finally:
        for process in running:
            process.terminate()
            process.wait(10)


async def reachable(directory: str) -> None:
    port = int(directory.rpartition(":")[2].partition("/")[0])
    for _ in range(STARTS_WITHIN * 10):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise AssertionError("pebble does not listen")


def run_certbot(
    folder: Path, installation: Installation, directory: str, trusted: Path, action: str
) -> x509.Certificate:
    """The certificate that certbot leaves after `certonly` or a forced `renew`."""
    own = [f"--{name}-dir={folder / name}" for name in ("config", "work", "logs")]
    common = ["--non-interactive", f"--server={directory}", *own]
    webroot = [f"--webroot-path={installation.state / 'acme'}", f"--domain={SITE}"]
    words = {
        "certonly": ["--webroot", *webroot, "--agree-tos", "--register-unsafely-without-email"],
        # Without the second option a renewal waits for minutes.
        "renew": ["--force-renewal", "--no-random-sleep-on-renew"],
    }[action]
    environment = {"PATH": os.defpath, "REQUESTS_CA_BUNDLE": str(trusted)}
    done = subprocess.run(
        ["certbot", action, *common, *words], env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return x509.load_pem_x509_certificate((folder / "config" / "live" / SITE / "cert.pem").read_bytes())
