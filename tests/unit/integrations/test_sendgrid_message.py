"""The body of SendGrid's `mail/send`."""

from __future__ import annotations

from typing import Any

import pytest

from coursify.core.mailer import Email
from coursify.integrations.sendgrid import SendGrid

EMAIL = Email(to="ada@example.com", to_name="Ada", subject="Hello", text="text", html="<p>text</p>", key="hello:1")


def message(*, sender: str = "School <school@example.com>", **changes: Any) -> dict[str, Any]:
    fields = {name: getattr(EMAIL, name) for name in Email.__dataclass_fields__}
    return SendGrid(api_key="key", api_base="http://localhost", sender=sender)._message(Email(**fields | changes))


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Zoë Ångström", "Zoë Ångström"),
        ("Smith, John, PhD", '"Smith, John, PhD"'),
        ("Smith; John", '"Smith; John"'),
        ('Ada "Countess" Lovelace', r'"Ada \"Countess\" Lovelace"'),
        (r"back\slash", r'"back\\slash"'),
        ("<ada@example.com>", '"<ada@example.com>"'),
    ],
)
def test_a_name_that_sendgrid_would_split_is_quoted(name: str, sent: str) -> None:
    assert message(to_name=name)["personalizations"] == [{"to": [{"email": "ada@example.com", "name": sent}]}]


def test_the_senders_name_is_quoted_too() -> None:
    sent = message(sender='"School, Inc." <school@example.com>')["from"]
    assert sent == {"email": "school@example.com", "name": '"School, Inc."'}


def test_an_international_domain_is_sent_as_a_labels() -> None:
    [personalization] = message(to="anna@bücher.example")["personalizations"]
    assert personalization["to"][0]["email"] == "anna@xn--bcher-kva.example"


def test_news_has_the_one_click_headers_and_a_transactional_email_has_none() -> None:
    url = "https://api.example.com/unsubscribe/x"
    assert message(unsubscribe_url=url)["headers"] == {
        "X-Message-Key": "hello:1",
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert message()["headers"] == {"X-Message-Key": "hello:1"}
