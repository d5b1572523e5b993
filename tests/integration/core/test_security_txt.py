"""`/.well-known/security.txt` says to whom problems are reported (RFC 9116)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from tests.support.application import client_of

from coursify.core.setting_types import is_contact
from coursify.core.settings import Settings

PATH = "/.well-known/security.txt"


async def test_security_txt_has_a_contact_and_expires_within_a_year(app: FastAPI, settings: Settings) -> None:
    watch = settings.watch.model_copy(update={"security_contact": "mailto:security@example.com"})
    async with client_of(dataclasses.replace(settings, watch=watch)) as client:
        response = await client.get(PATH)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert fields["Contact"] == "mailto:security@example.com"
    assert fields["Canonical"] == f"http://testserver{PATH}"
    left = datetime.fromisoformat(fields["Expires"]) - datetime.now(UTC)
    assert timedelta(days=170) < left < timedelta(days=365)


async def test_without_a_contact_there_is_no_security_txt(app: FastAPI, settings: Settings) -> None:
    async with client_of(settings) as client:
        assert (await client.get(PATH)).status_code == 404


@pytest.mark.parametrize(
    "wrong", ["security@example.com", "mailto:nobody", "http://example.com", "https://a\nContact: b"]
)
def test_a_contact_that_the_standard_does_not_know_is_a_wrong_setting(wrong: str) -> None:
    with pytest.raises(ValueError, match="expected mailto:"):
        is_contact(wrong)
