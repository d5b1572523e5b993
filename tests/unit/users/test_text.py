"""Which passwords, picture addresses and addresses are accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursify.modules.users.models import canonical_email
from coursify.modules.users.text import check_avatar_url, check_password


@pytest.mark.parametrize("password", ["p@ssword-of-mine", "with space", "ünïcödé!", "12345678!"])
def test_a_password_with_something_special_is_taken_as_it_is(password: str) -> None:
    assert check_password(password) == password


@pytest.mark.parametrize("password", ["onlyletters", "12345678", "MixedCase9"])
def test_a_password_of_letters_and_digits_alone_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="special"):
        check_password(password)


@pytest.mark.parametrize("password", ["!qaz2wsx", "P@SSW0RD", " ILoveYou! "])
def test_a_common_password_is_refused_in_any_case(password: str) -> None:
    with pytest.raises(ValueError, match="common"):
        check_password(password)


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
