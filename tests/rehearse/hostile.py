"""Clients that hang up at any byte, and a disk that is full."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image
from tests.rehearse.figures import Figures
from tests.rehearse.installation import Installation
from tests.rehearse.load import PREFIX, load, lost_writes, sign_up

AT_ONCE = 100
# Several addresses, so that the limits for one address do not end the attack.
SOURCES = [f"127.0.0.{number}" for number in range(20, 80)]
IDLE = """
SELECT count(*) FROM pg_stat_activity
WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '5 s'
"""
STORE_MIB = 1


async def hang_up(installation: Installation, figures: Figures, *, clients: int) -> None:
    """Clients send a part of a request, or read a part of the answer, and are gone; others notice nothing."""
    chance = random.Random(5)  # the same bytes in each run
    trusted = installation.nginx.tls
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(source: str, payload: bytes, cut: int, wait: float) -> None:
        async with gate:
            with suppress(OSError, TimeoutError):
                _, writer = await asyncio.open_connection(
                    *("127.0.0.1", installation.nginx.port),
                    ssl=trusted,
                    server_hostname="localhost",
                    local_addr=(source, 0),
                )
                writer.write(payload[:cut])
                await writer.drain()
                await asyncio.sleep(wait)
                writer.transport.abort()

    async with load(installation) as noted:
        requests = _requests(noted.writers[0].token)
        attack = []
        for number in range(clients):
            payload = requests[number % len(requests)]
            cut = chance.randint(1, len(payload))
            attack.append(one(chance.choice(SOURCES), payload, cut, chance.random() * 0.05))
        await asyncio.gather(*attack)
        await asyncio.sleep(2)
    await asyncio.sleep(5)
    idle = installation.count(IDLE)
    figures.add(f"{clients} clients that hang up", f"{noted.summary()} for the others, {idle} idle in transaction")
    figures.require(not noted.failed(), f"failed: {noted.failed()[:5]}")
    figures.require(idle == 0, f"{idle} connections are idle in transaction")
    figures.require(not (lost := lost_writes(installation, noted)), f"lost: {lost}")


def _requests(token: str) -> list[bytes]:
    signed = f"Host: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
    body = '{"name": "Writer"}'
    courses = f"GET {PREFIX}/courses HTTP/1.1\r\nHost: localhost\r\n\r\n"
    own = f"GET {PREFIX}/users/me HTTP/1.1\r\n{signed}\r\n"
    change = f"PUT {PREFIX}/users/me HTTP/1.1\r\n{signed}Content-Length: {len(body)}\r\n\r\n{body}"
    return [text.encode() for text in (courses, own, change)]


async def disk_full(installation: Installation, figures: Figures) -> None:
    """The store of media on a disk of a few megabytes: every upload that is answered with 2xx is there whole."""
    media = installation.state / "media"
    await _run("mount", "-t", "tmpfs", "-o", f"size={STORE_MIB}m,mode=0777", "full", str(media))
    try:
        # A replica has its folders mounted since it began.
        for part in ("api 1", "api 2"):
            await asyncio.to_thread(installation.stop, part)
            installation.start(part, installation.versions[part])
            await asyncio.to_thread(installation.wait_until_ready, part)
        codes, missing = await _upload_until_full(installation, media)
        figures.require(not missing, f"answered with 2xx and not there: {missing[:3]}")
        figures.require(any(code >= 500 for code in codes), "the disk was never full")
        figures.require(set(codes) <= {200, 201, 503, 507}, f"unexpected: {set(codes)}")
        async with load(installation) as noted:
            await asyncio.sleep(5)
        figures.require(not noted.failures, f"others fail while it is full: {noted.failures[:5]}")
        good = sum(code < 300 for code in codes)
        figures.add("a full disk", f"{good} pictures stored whole, {len(codes) - good} rejected, {noted.summary()}")
    finally:
        for part in ("api 1", "api 2"):
            await asyncio.to_thread(installation.stop, part)
        await _run("umount", str(media))
        for part in ("api 1", "api 2"):
            installation.start(part, installation.versions[part])
            await asyncio.to_thread(installation.wait_until_ready, part)


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    assert await process.wait() == 0, command


async def _upload_until_full(installation: Installation, media: Path) -> tuple[list[int], list[str]]:
    """The status of each upload, and the addresses that were promised and are not served."""
    codes, missing = [], []
    async with httpx.AsyncClient(
        base_url=installation.nginx.url + PREFIX, verify=installation.nginx.tls, trust_env=False, timeout=30
    ) as client:
        writer = await sign_up(client)
        headers = {"Authorization": f"Bearer {writer.token}"}
        for number in range(40):
            form = {"file": ("picture.png", _picture(number), "image/png")}
            answer = await client.put("/users/me/avatar", files=form, headers=headers)
            codes.append(answer.status_code)
            if answer.is_success:
                data = answer.json()["data"]
                sizes = data.get("imageSizes") or data.get("avatarSizes")
                served = [await client.get(address) for address in sizes.values()]
                missing += [str(one.url) for one in served if one.status_code != 200 or not one.content]
            elif len(codes) > 3 and codes[-3:] == [answer.status_code] * 3:
                break
    return codes, missing


def _picture(number: int) -> bytes:
    """Noise, which no encoder makes small."""
    noise = Image.frombytes("RGB", (900, 900), random.Random(number).randbytes(900 * 900 * 3))
    stream = BytesIO()
    noise.save(stream, "PNG")
    return stream.getvalue()
