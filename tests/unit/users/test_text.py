"""Which picture addresses and email addresses are accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursify.modules.users.models import canonical_email
from coursify.modules.users.text import check_avatar_url


@pytest.mark.parametrize(
    "url", ["https://example.com/a.png", "https://cdn.example.com:443/x?y=z", "https://a-b.example/"]
)
def test_a_public_https_address_is_a_picture(url: str) -> None:
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
def test_anything_else_is_no_picture(url: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        check_avatar_url(url)


@given(st.text(max_size=60))
def test_an_address_has_one_canonical_form(text: str) -> None:
    once = canonical_email(text)
    assert canonical_email(once.upper()) == canonical_email(once.upper().lower())
    assert canonical_email(f"  {text} ") == once
