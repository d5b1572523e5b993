"""Which passwords are accepted."""

from __future__ import annotations

import pytest

from coursify.modules.identity.password_rules import check_password


@pytest.mark.parametrize("password", ["p@ssword-of-mine", "with space", "ünïcödé!", "12345678!"])
def test_a_password_with_a_special_character_is_accepted_unchanged(password: str) -> None:
    assert check_password(password) == password


@pytest.mark.parametrize("password", ["onlyletters", "12345678", "MixedCase9"])
def test_a_password_of_letters_and_digits_alone_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="special"):
        check_password(password)


@pytest.mark.parametrize("password", ["!qaz2wsx", "P@SSW0RD", " ILoveYou! "])
def test_a_common_password_is_refused_in_any_case(password: str) -> None:
    with pytest.raises(ValueError, match="common"):
        check_password(password)
