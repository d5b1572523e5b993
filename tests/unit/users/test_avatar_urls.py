"""Which picture URLs are accepted, and the canonical form of email addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursify.modules.users.avatar_urls import check_avatar_url
from coursify.modules.users.models import canonical_email


@pytest.mark.parametrize(
    "url", ["https://example.com/a.png", "https://cdn.example.com:443/x?y=z", "https://a-b.example/"]
)
def test_a_public_https_url_is_accepted(url: str) -> None:
    assert check_avatar_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/a.png",
        "https://example.com:99999/",
        "https://[::1/",
        "https://example",
        "https://éxample.com/",
        "https://example.com/\x01",
        "https://name@example.com/",
        "https://printer.local/",
    ],
)
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        check_avatar_url(url)


@given(st.text(max_size=60))
def test_an_email_address_has_one_canonical_form(text: str) -> None:
    once = canonical_email(text)
    assert canonical_email(once.upper()) == canonical_email(once.upper().lower())
    assert canonical_email(f"  {text} ") == once
