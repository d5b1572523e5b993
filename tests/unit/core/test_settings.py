"""Settings that people write by hand: how they are parsed, and the errors about mistakes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from coursify.core.environment import ConfigurationError
from coursify.core.mailer import MailEventsRefused
from coursify.core.settings import AppSettings, MediaSettings, load_settings
from coursify.integrations.sendgrid_events import SendGridEvents


@pytest.fixture(autouse=True)
def _public_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://api.example.com")


@pytest.mark.parametrize(
    ("said", "limits"),
    [
        ("", ()),
        ("usd:50000", (("usd", 50_000),)),
        ("usd:50000, eur:45000,jpy:0", (("usd", 50_000), ("eur", 45_000), ("jpy", 0))),
    ],
)
def test_limits_of_refunds_are_minor_units_by_currency(
    monkeypatch: pytest.MonkeyPatch, said: str, limits: tuple[tuple[str, int], ...]
) -> None:
    monkeypatch.setenv("TWO_PERSON_REFUNDS", said)
    assert AppSettings().two_person_refunds == limits


def test_there_is_no_refund_limit_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TWO_PERSON_REFUNDS", raising=False)
    assert AppSettings().two_person_refunds == ()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("xyz:1", "'xyz' is not a currency that can be charged"),
        ("usd:1,eur:2,usd:3", "'usd' is given twice"),
        *((slip, "expected currency:minor units") for slip in ("50000", "usd", "usd:", "usd:-1", "usd:1.5", "USD:1")),
        *(
            (slip, "expected currency:minor units")
            for slip in (",", "usd:1,", "usd:1;eur:2", "usd:1_000", "usd:١", " ")
        ),
    ],
)
def test_an_invalid_refund_limit_is_a_configuration_error(
    monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    monkeypatch.setenv("TWO_PERSON_REFUNDS", said)
    with pytest.raises(ConfigurationError) as raised:
        load_settings()
    (line,) = [line for line in str(raised.value).splitlines() if "TWO_PERSON_REFUNDS" in line]
    assert told in line


@pytest.mark.parametrize("said", ["USD", "bgn", "dollars"])
def test_a_default_currency_that_cannot_be_charged_is_a_configuration_error(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("DEFAULT_CURRENCY", said)
    with pytest.raises(ConfigurationError, match="DEFAULT_CURRENCY"):
        load_settings()


@pytest.mark.parametrize("environment", ["production", "sandbox"])
def test_passwords_are_hashed_with_enough_memory_outside_of_tests(
    monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    monkeypatch.setenv("ENVIRONMENT", environment)
    monkeypatch.setenv("ARGON2_MEMORY_KIB", "19455")
    with pytest.raises(ConfigurationError, match="ARGON2_MEMORY_KIB"):
        load_settings()
    monkeypatch.setenv("ARGON2_MEMORY_KIB", "65536")
    assert AppSettings().argon2_memory_kib == 65_536


@pytest.mark.parametrize("said", ["x", "AAAA", "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="])
def test_a_webhook_key_that_is_no_ecdsa_key_is_a_configuration_error(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv("SENDGRID_WEBHOOK_PUBLIC_KEY", said)
    with pytest.raises(ConfigurationError, match=r"SENDGRID_WEBHOOK_PUBLIC_KEY: expected an? .*public key"):
        load_settings()


@pytest.mark.parametrize("said", [None, ""])
def test_W01_without_a_webhook_key_every_event_is_refused(said: str | None) -> None:
    with pytest.raises(MailEventsRefused, match="no public key"):
        SendGridEvents(said).read(b"[]", signature="", timestamp="0", now=datetime.fromtimestamp(0, UTC))


CLOUDINARY = "cloudinary://123456789012345:a-secret_of@school"


@pytest.mark.parametrize(
    ("store", "named", "told"),
    [
        ("cloudinary", {}, "MEDIA_STORE=cloudinary needs CLOUDINARY_URL"),
        ("s3", {"S3_BUCKET": "school"}, "MEDIA_STORE=s3 needs S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY"),
        ("local", {}, "MEDIA_STORE=local needs MEDIA_FOLDER"),
        ("local", {"MEDIA_FOLDER": "media"}, "MEDIA_FOLDER: expected an absolute path"),
        (
            "local",
            {"MEDIA_FOLDER": "/m", "MEDIA_SCRATCH_FOLDER": "./s"},
            "MEDIA_SCRATCH_FOLDER: expected an absolute path",
        ),
        *(
            ("cloudinary", {"CLOUDINARY_URL": slip}, "CLOUDINARY_URL: expected cloudinary://<API key>:<API secret>@")
            for slip in (CLOUDINARY[13:], f"{CLOUDINARY}/x", "cloudinary://key:sec ret@school", "https://a:b@c")
        ),
    ],
)
def test_what_a_store_of_media_lacks_is_named_without_its_secret(
    monkeypatch: pytest.MonkeyPatch, store: str, named: dict[str, str], told: str
) -> None:
    for name in ("MEDIA_FOLDER", "S3_BUCKET", "CLOUDINARY_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"MEDIA_STORE": store} | named).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as raised:
        load_settings()
    assert told in str(raised.value)
    assert "a-secret" not in str(raised.value)


def test_the_store_of_a_complete_configuration_is_cloudinary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIA_STORE", "cloudinary")
    monkeypatch.setenv("CLOUDINARY_URL", CLOUDINARY)
    media = MediaSettings()
    assert media.media_store == "cloudinary"
    assert media.cloudinary_url is not None
    assert "secret" not in repr(media.cloudinary_url)
