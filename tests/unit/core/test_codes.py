"""Codes that people read and type."""

from __future__ import annotations

import pytest

from coursify.core.codes import ALPHABET, LENGTH, new_code, read_code, show_code


def test_codes_have_twenty_characters_of_the_alphabet_and_differ() -> None:
    codes = {new_code() for _ in range(1_000)}
    assert len(codes) == 1_000
    assert all(len(code) == LENGTH and set(code) <= set(ALPHABET) for code in codes)
    assert set("".join(codes)) == set(ALPHABET)


def test_a_code_is_read_in_any_case_with_separators_and_with_the_letters_that_look_like_digits() -> None:
    assert show_code("0123456789ABCDEFGHJK") == "01234-56789-ABCDE-FGHJK"
    assert read_code("oi23456789abcdefghjk") == "0123456789ABCDEFGHJK"
    assert read_code(" OL234-56789 ABCDE-fghjk") == "0123456789ABCDEFGHJK"
    code = new_code()
    assert read_code(show_code(code)) == code


@pytest.mark.parametrize("text", ["", "0" * 19, "0" * 21, "U" * 20, "é" * 20, "٣" * 20, "-" * 500, "0" * 19 + "\x00"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(text) is None
