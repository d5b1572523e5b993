"""SENTRY_DSN: one event for a fault of a request or a job, with its id, and nothing personal in it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from procrastinate.jobs import Job
from pydantic import SecretStr
from tests.support.application import client_of
from tests.support.otlp_standin import Collector, collecting
from tests.support.people import API, PASSWORD

from coursify.core import jobs, mail, registered_jobs
from coursify.core.database import Connection
from coursify.core.environment import ConfigurationError
from coursify.core.errors import Unavailable
from coursify.core.settings import Settings
from coursify.integrations import telemetry
from coursify.integrations.telemetry import reporting
from coursify.resources import Resources

pytestmark = pytest.mark.anyio
NAME = "Canary Name"
ADDRESS = "canary@example.com"
REQUEST_ID = "request-0199b2f0"


def reporting_to(settings: Settings, collector: Collector) -> Settings:
    dsn = SecretStr(collector.url.replace("http://", "http://public-key@") + "/7")
    return dataclasses.replace(settings, watch=settings.watch.model_copy(update={"sentry_dsn": dsn}))


async def test_a_500_is_one_event_with_its_request_id_and_nothing_personal(
    settings: Settings, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def explode(*_arguments: Any, **_named: Any) -> None:
        address = ADDRESS  # a local variable
        raise RuntimeError(f"secret cause: {address}")

    monkeypatch.setattr(mail, "enqueue_email", explode)
    body = {"name": NAME, "email": ADDRESS, "password": PASSWORD}
    with collecting() as collector:
        async with client_of(reporting_to(settings, collector)) as client:
            answer = await client.post(f"{API}/users/register", json=body, headers={"X-Request-Id": REQUEST_ID})
            assert answer.status_code == 500
            assert (await client.get(f"{API}/courses/nothing")).status_code == 404
    (event,) = collector.events()
    assert event["tags"] == {"request_id": REQUEST_ID, "operation": "register_user"}
    assert event["environment"] == "test"
    (error,) = event["exception"]["values"]
    assert error["type"] == "RuntimeError"
    assert error["stacktrace"]["frames"][-1]["function"] == "explode"
    sent = json.dumps(event)
    for secret in (
        "canary@",
        "Canary Name",
        PASSWORD,
        "secret cause: c",
        '"vars"',
        '"request"',
        '"server_name"',
        '"user"',
    ):
        assert secret not in sent, secret


async def test_a_job_reports_its_fault_and_not_what_is_away(settings: Settings, resources: Resources) -> None:
    job = Job(id=None, queue=jobs.MAIL, lock=None, queueing_lock=None, task_name="mail.send_email")
    faults = [ValueError(ADDRESS), Unavailable()]
    with collecting() as collector:
        async with reporting(reporting_to(settings, collector), service="coursify-worker"):
            for fault in faults:
                with pytest.raises(type(fault)):
                    async with registered_jobs._recording_failure(resources, job):
                        raise fault
    (event,) = collector.events()
    assert event["tags"] == {"job": "mail.send_email"}
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert ADDRESS not in json.dumps(event)


@pytest.mark.parametrize(
    ("setting", "value", "extra"),
    [
        ("sentry_dsn", SecretStr("http://key@127.0.0.1:1/7"), "sentry"),
        ("otel_exporter_otlp_endpoint", "http://127.0.0.1:1", "telemetry"),
    ],
)
async def test_a_missing_extra_is_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, setting: str, value: Any, extra: str
) -> None:
    def fail(_name: str) -> None:
        raise ModuleNotFoundError(name="its_library")

    monkeypatch.setattr(telemetry, "import_module", fail)
    changed = dataclasses.replace(settings, watch=settings.watch.model_copy(update={setting: value}))
    with pytest.raises(ConfigurationError, match=rf"its_library is not installed: run `pip install 'coursify\[{extra}"):
        async with reporting(changed, service="coursify-api"):
            raise AssertionError
