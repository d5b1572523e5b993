"""Searches and lists are the same whatever locale the cluster was made with, also after a dump went to another one."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from pydantic import SecretStr
from tests.support.backups import REACHABLE
from tests.support.catalogue import put_on_sale
from tests.support.golden import ask_golden_queries, make_golden_school
from tests.support.servers import watchdog

from coursify.commands.migrate import upgrade
from coursify.core.clock import Clock
from coursify.core.database import Database
from coursify.core.settings import DatabaseSettings
from coursify.modules.courses.queries.approvals import ORDERS as COURSE_ORDERS
from coursify.modules.courses.queries.categories import list_categories
from coursify.modules.courses.services.suggest import suggest
from coursify.modules.users.queries.users import NAME
from coursify_sandbox.ports import free_port
from coursify_sandbox.postgres import (
    ENVIRONMENT,
    Cluster,
    ensure_database,
    is_postgres_ready,
    postgres_command,
)
from coursify_sandbox.postgres_paths import choose_paths
from coursify_sandbox.subprocesses import spawn, stop, wait_until

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not os.environ.get("COURSIFY_PROVE"), reason="a proof of minutes: make prove"),
]

LOCALES = ("C", "C.UTF-8", "en_US.UTF-8")
# Case, marks, hyphens, digits and scripts, which locales sort differently.
TITLES = (
    "zebra",
    "Zebra",
    "Éclair",
    "eclair",
    "e-mail",
    "email",
    "Ärger",
    "aerger",
    "10 tips",
    "9 tips",
    "数据",
    "Ёлка",
)
CATEGORIES = ("web-design", "webcraft", "web2", "we-b", "a-z", "ab")


@dataclass(frozen=True)
class Answers:
    """What a school answers: golden searches, suggestions, and everything that is sorted by a text."""

    searches: list[tuple[str, list[str]]]
    suggestions: list[list[str]]
    titles: list[str]
    names: list[str]
    categories: list[str]


@contextmanager
def cluster_in(locale: str, folder: Path, locales: Path) -> Iterator[Cluster]:
    """A running cluster of this locale of the C library."""
    folder.mkdir()
    folder.chmod(0o711)
    environment = ENVIRONMENT | ({"LOCPATH": str(locales)} if (locales / locale).exists() else {})
    cluster = Cluster(choose_paths(folder), free_port(), "owner", "app", folder / "postgres.log", durable=False)
    made = initialize_with(cluster, locale, environment)
    assert made.returncode == 0, made.stderr
    process = spawn(replace(postgres_command(cluster), env=environment), watchdog())
    try:
        wait_until(lambda: is_postgres_ready(cluster), process, cluster.log)
        ensure_database(cluster)
        yield cluster
    finally:
        stop(process, watchdog(), signal.SIGQUIT, timeout=8)


def initialize_with(cluster: Cluster, locale: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """`initialize_cluster` always takes the builtin locale."""
    data, account = cluster.paths.data, cluster.paths.account
    data.mkdir(parents=True)
    data.parent.chmod(0o711)
    password = data.parent / "password"
    password.write_text(cluster.owner_password)
    if account:
        os.chown(data, account.uid, account.gid)
        os.chown(password, account.uid, account.gid)
    return subprocess.run(
        [
            *(str(cluster.paths.binaries / "initdb"), "-D", str(data), "--username=coursify", f"--pwfile={password}"),
            *("--auth=scram-sha-256", "-E", "UTF8", "--locale-provider=libc", f"--locale={locale}", "--no-sync"),
        ],
        env=environment,
        cwd=data,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        capture_output=True,
        check=False,
        text=True,
    )


@contextmanager
def folder_of_locales() -> Iterator[Path]:
    """A folder that every account can enter, with a compiled en_US.UTF-8."""
    if not shutil.which("localedef"):
        pytest.skip("no localedef is installed here")
    root = Path(tempfile.mkdtemp(prefix="coursify-locales-", dir=REACHABLE))
    root.chmod(0o711)
    try:
        locales = root / "locales"
        locales.mkdir()
        target = str(locales / "en_US.UTF-8")
        made = subprocess.run(["localedef", "-i", "en_US", "-f", "UTF-8", target], capture_output=True, check=False)
        if made.returncode:
            pytest.skip("no source of en_US is installed here")
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)


async def test_every_locale_gives_the_same_answers() -> None:
    with folder_of_locales() as root:
        answers, restored = {}, {}
        for number, locale in enumerate(LOCALES):
            with cluster_in(locale, root / f"made-{number}", root / "locales") as cluster:
                upgrade(
                    DatabaseSettings(
                        database_url=SecretStr(cluster.app_url()), database_owner_url=SecretStr(cluster.owner_url())
                    )
                )
                async with opened(cluster) as database:
                    await make_school(database)
                    answers[locale] = await answers_of(database)
                dump = root / f"{number}.dump"
                run_tool(cluster, "pg_dump", "--format=custom", "--no-owner", f"--file={dump}")
            other = LOCALES[number - 1]
            with cluster_in(other, root / f"restored-{number}", root / "locales") as cluster:
                run_tool(cluster, "pg_restore", "--no-owner", "--exit-on-error", str(dump))
                async with opened(cluster) as database:
                    restored[locale] = await answers_of(database)
        for locale in LOCALES:
            assert answers[locale] == answers["C"], locale
            assert restored[locale] == answers["C"], f"{locale}, restored in another one"


def run_tool(cluster: Cluster, program: str, *arguments: str) -> None:
    done = subprocess.run(
        [str(cluster.paths.binaries / program), "--dbname", cluster.owner_url(), *arguments],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr


@asynccontextmanager
async def opened(cluster: Cluster) -> AsyncIterator[Database]:
    settings = SimpleNamespace(
        database_url=SecretStr(cluster.owner_url()),
        database_statement_timeout_ms=30_000,
        database_pool_size=2,
        database_read_pool_size=2,
    )
    database = Database(cast("DatabaseSettings", settings), Clock(None))
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def make_school(database: Database) -> None:
    await make_golden_school(database)
    async with database.transaction() as (db, _now):
        cursor = await db.execute("SELECT id FROM users ORDER BY id LIMIT 1")
        [(instructor,)] = await cursor.fetchall()
        await put_on_sale(db, instructor, *({"slug": f"title-{n}", "title": title} for n, title in enumerate(TITLES)))
        for slug in CATEGORIES:
            await db.execute("INSERT INTO categories (slug, name, position) VALUES (%s, %s, 99)", [slug, slug.title()])


async def answers_of(database: Database) -> Answers:
    async def texts(sql: str) -> list[str]:
        async with database.read() as db:
            return [text for (text,) in await (await db.execute(sql.encode())).fetchall()]

    searches = [(answer.query, answer.found) for answer in await ask_golden_queries(database)]
    async with database.read() as db:
        suggestions = [[one.text for one in await suggest(db, text=typed)] for typed in ("p", "e", "ё", "数", "ma")]
        categories = [one.slug for one in await list_categories(db)]
    return Answers(
        searches,
        suggestions,
        titles=await texts(f"SELECT course.title FROM courses AS course ORDER BY {COURSE_ORDERS['title'].columns}"),
        names=await texts(f'SELECT name FROM users ORDER BY {NAME}, name COLLATE "C"'),
        categories=categories,
    )
