"""`coursify check`: each thing that is broken is a failure with its fix; what works is ok."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from tests.integration.core.test_readiness import changed_schema
from tests.support.http_standin import Answer, Sent, served
from tests.support.mailbox import Mailbox
from tests.support.plain_http import PLAIN
from tests.support.stripe_standin import StripeStandin

from coursify.checks import media
from coursify.checks.database import check_database, judge_server
from coursify.checks.mail import check_mail
from coursify.checks.media import check_disk, check_store
from coursify.checks.models import Finding, Installation
from coursify.checks.redis import check_redis
from coursify.checks.redis import judge_server as judge_redis
from coursify.checks.run import CHECKS
from coursify.checks.settings import check_settings
from coursify.checks.stripe import check_stripe
from coursify.core.queries.system import ServerFacts
from coursify.core.settings import Settings
from coursify.integrations.own_address import find_obstacle
from coursify.integrations.stripe_facts import EVENT_TYPES
from coursify.migrations.revisions import find_head
from coursify_sandbox.ports import free_port

pytestmark = pytest.mark.anyio

FACTS = ServerFacts(180001, "UTF8", "on", "on", "on", "terse", 200, False, False, True, False, 0.1)
FAST = ("fsync is off", "full_page_writes is off", "synchronous_commit is off")
NOWHERE = f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def installation(settings: Settings, clean: None) -> Installation:
    return Installation(settings, find_head())


def changed(installation: Installation, group: str, **fields: Any) -> Installation:
    values = getattr(installation.settings, group).model_copy(update=fields)
    return replace(installation, settings=replace(installation.settings, **{group: values}))


def failures(findings: list[Finding]) -> str:
    assert all(finding.fix for finding in findings if finding.state != "ok")
    return "\n".join(finding.sentence for finding in findings if finding.state == "failure")


async def test_the_servers_of_a_whole_installation_are_ok(installation: Installation) -> None:
    for check in (check_database, check_redis, check_store):
        broken = failures(await check(installation)).splitlines()
        # The servers of the tests are fast instead of durable.
        assert [line for line in broken if not line.startswith(FAST)] == []


@pytest.mark.parametrize(
    ("part", "sentence"),
    [(":x", "the password of the role"), ("@nowhere.invalid", "the host nowhere.invalid is unknown")],
)
async def test_a_database_that_is_not_reached_is_explained(
    installation: Installation, part: str, sentence: str
) -> None:
    url = installation.settings.database.database_url.get_secret_value()
    mark = part[0]
    scheme, _, rest = url.partition("://")
    wrong = rest.replace(":", ":x", 1) if mark == ":" else rest.replace("@127.0.0.1", part, 1)
    broken = changed(installation, "database", database_url=SecretStr(f"{scheme}://{wrong}"))
    assert sentence in failures(await check_database(broken))


@pytest.mark.parametrize(
    ("revision", "compatible_from", "sentence"), [("0001", "0001", "older than"), ("9998", "9997", "newer than")]
)
async def test_a_schema_of_another_version_is_a_failure(
    installation: Installation, environment: dict[str, str], revision: str, compatible_from: str, sentence: str
) -> None:
    with changed_schema(environment["DATABASE_OWNER_URL"], revision, compatible_from):
        assert sentence in failures(await check_database(installation))


@pytest.mark.parametrize(
    ("change", "state", "sentence"),
    [
        ({"version": 170002}, "failure", "PostgreSQL is 17.2; 18 or newer is needed."),
        ({"encoding": "SQL_ASCII"}, "failure", "encoded in SQL_ASCII"),
        ({"fsync": "off"}, "failure", "fsync is off"),
        ({"full_page_writes": "off"}, "failure", "full_page_writes is off"),
        ({"synchronous_commit": "off"}, "failure", "may lose payments"),
        ({"log_error_verbosity": "default"}, "warning", "may quote personal data"),
        ({"owns_tables": True}, "warning", "owns the tables"),
        ({"is_encrypted": False}, "warning", "is not encrypted"),
        ({"max_connections": 20}, "warning", "max_connections is 20"),
        ({"clock_seconds": -90.0}, "failure", "differ by 90 s"),
    ],
    ids=str,
)
def test_settings_of_postgresql_are_judged(change: dict[str, Any], state: str, sentence: str) -> None:
    assert [finding.state for finding in judge_server(FACTS, 24)] == ["ok", "ok"]
    [found] = [finding for finding in judge_server(replace(FACTS, **change), 24) if finding.state != "ok"]
    assert (found.state, sentence in found.sentence, bool(found.fix)) == (state, True, True)


async def test_redis_is_judged(installation: Installation) -> None:
    broken = changed(installation, "redis", redis_url=SecretStr(f"redis://127.0.0.1:{free_port()}/0"))
    assert "nothing answers at its address" in failures(await check_redis(broken))
    assert judge_redis({"redis_version": "6.0.16"}).state == "failure"
    assert judge_redis({"redis_version": "10.1.0"}).state == "ok"
    assert judge_redis({"redis_version": "7.2.4", "valkey_version": "8.1.0"}).sentence.startswith("Valkey")
    full = {"redis_version": "7.0.0", "maxmemory": 1, "maxmemory_policy": "noeviction"}
    assert judge_redis(full).state == "warning"


async def test_the_endpoint_at_stripe_is_compared_with_the_public_address(
    installation: Installation, stripe_standin: StripeStandin
) -> None:
    assert "no endpoint with the address of PUBLIC_URL; it has none" in failures(await check_stripe(installation))
    async with httpx.AsyncClient(base_url=stripe_standin.url, auth=(stripe_standin.secret_key, ""), **PLAIN) as stripe:

        async def post(path: str, **fields: Any) -> dict[str, Any]:
            answer = await stripe.post(f"/v1/webhook_endpoints{path}", data=fields)
            assert answer.status_code == 200, answer.text
            return dict(answer.json())

        types = sorted(EVENT_TYPES)
        few = {f"enabled_events[{number}]": kind for number, kind in enumerate(types[1:])}
        made = await post("", url="http://testserver/api/v1/payments/webhook", **few)
        assert f"does not receive {types[0]}" in failures(await check_stripe(installation))
        await post(f"/{made['id']}", **{f"enabled_events[{number}]": kind for number, kind in enumerate(types)})
        assert failures(await check_stripe(installation)) == ""
        await post(f"/{made['id']}", disabled="true")
        assert "is disabled" in failures(await check_stripe(installation))
        await stripe.delete(f"/v1/webhook_endpoints/{made['id']}")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"stripe_secret_key": SecretStr("sk_test_unknown")}, "does not know the key"),
        ({"stripe_api_base": NOWHERE}, f"nothing answers at {NOWHERE}"),
    ],
    ids=["key", "address"],
)
async def test_a_stripe_that_does_not_answer_is_explained(
    installation: Installation, change: dict[str, Any], sentence: str
) -> None:
    said = failures(await check_stripe(changed(installation, "stripe", **change)))
    assert sentence in said
    assert "sk_test_unknown" not in said


@dataclass
class Stripe:
    """Stripe with a clock of its own, for a restricted key."""

    ahead: timedelta

    def answer(self, request: Sent) -> Answer:
        headers = {"Date": format_datetime(datetime.now(UTC) + self.ahead, usegmt=True)}
        if request.path == "/v1/webhook_endpoints":
            return Answer(403, b'{"error": {"type": "invalid_request_error", "message": "no"}}', headers)
        return Answer(200, b'{"object": "list", "data": [], "has_more": false, "url": "/"}', headers)


@pytest.mark.parametrize(("minutes", "sentences"), [(0, 0), (-6, 1)])
async def test_the_clock_is_compared_with_stripes_also_under_a_restricted_key(
    installation: Installation, minutes: int, sentences: int
) -> None:
    with served(Stripe(timedelta(minutes=minutes))) as url:
        found = await check_stripe(changed(installation, "stripe", stripe_api_base=url))
    assert failures(found).count("webhooks are refused") == sentences
    assert any("may not list webhook endpoints" in finding.sentence for finding in found)


@pytest.mark.parametrize(
    ("answer", "obstacle"),
    [
        (Answer(400, b'{"error": {"code": "signature_invalid"}}'), None),
        (Answer(404, b'{"error": {"code": "not_found"}}'), "it answers 404 not_found"),
        (Answer(200, b"<h1>It works</h1>"), "another program answers there, with 200"),
        (Answer(502, b"[]"), "another program answers there, with 502"),
    ],
    ids=["ours", "another path", "a page", "a proxy without us"],
)
async def test_who_answers_under_the_public_address_is_told(answer: Answer, obstacle: str | None) -> None:
    class Answerer:
        def answer(self, _request: Sent) -> Answer:
            return answer

    with served(Answerer()) as url:
        assert await find_obstacle(f"{url}/api/v1/payments/webhook") == obstacle


async def test_a_test_email_is_sent(installation: Installation, mailbox: Mailbox) -> None:
    assert [finding.state for finding in await check_mail(installation)] == ["warning"]
    asked = replace(installation, mail_to="ops@example.com")
    assert [finding.state for finding in await check_mail(asked)] == ["ok"]
    assert mailbox.message_keys("ops@example.com")[0].startswith("check:")
    wrong_key = changed(asked, "mail", sendgrid_api_key=SecretStr("SG.wrong"))
    assert "SendGrid answered 401" in failures(await check_mail(wrong_key))
    smtp = SecretStr(f"smtp://127.0.0.1:{free_port()}")
    no_server = changed(asked, "mail", sendgrid_api_key=None, smtp_url=smtp)
    assert "was not sent" in failures(await check_mail(no_server))


async def test_media_and_disks_are_tried(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert failures(await check_disk(installation)) == ""
    nowhere = Path("/proc/coursify")
    broken = changed(installation, "media", media_folder=nowhere, media_scratch_folder=nowhere)
    assert "MEDIA_FOLDER: /proc/coursify cannot be used" in failures(await check_store(broken))
    assert "MEDIA_SCRATCH_FOLDER: /proc/coursify cannot be used" in failures(await check_disk(broken))
    bucket = {"s3_bucket": "b", "s3_access_key_id": "a", "s3_secret_access_key": SecretStr("s")}
    s3 = changed(installation, "media", media_store="s3", s3_endpoint_url=NOWHERE, **bucket)
    assert "The store of media cannot be used" in failures(await check_store(s3))
    monkeypatch.setattr(media, "LEAST_BYTES", 1 << 60)
    assert "of room" in failures(await check_disk(installation))


async def test_settings_that_are_valid_and_not_for_customers_are_found(installation: Installation) -> None:
    assert failures(await check_settings(installation)) == ""
    public = changed(installation, "app", environment="production")
    public = changed(public, "mail", mail_from="Coursify <no-reply@example.com>")
    said = failures(await check_settings(public))
    assert "begins with http://" in said
    assert "MAIL_FROM is an address of example.com" in said


@pytest.mark.slow
@pytest.mark.parametrize("change", [{}, {"REDIS_URL": "redis"}], ids=["whole", "broken"])
def test_the_command_prints_json_and_exits_with_1_on_a_failure(
    environment: dict[str, str], clean: None, change: dict[str, str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "coursify", "check", "--json"],
        env=os.environ | environment | change,
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    # The stand-in of this test has no endpoint of a webhook.
    assert (done.returncode, done.stderr) == (1, "")
    if change:
        assert [(one["check"], one["sentence"].partition(":")[0]) for one in found] == [("settings", "REDIS_URL")]
    else:
        assert {one["check"] for one in found} == {*CHECKS, "schema", "clock", "webhook"}
        broken = [one for one in found if one["state"] == "failure" and not one["sentence"].startswith(FAST)]
        assert [one["check"] for one in broken] == ["webhook"]
