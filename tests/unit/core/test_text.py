"""Which text is rejected, what is removed from a line, and that prose is unchanged."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursify.core.text import check_not_blank, clean_line, clean_prose

# What people type and paste: every assigned character, and often those that look like markup or like nothing.
TYPED = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs", "Cc", "Cn"]),
        st.sampled_from("<>&;'\"\t\n \u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u2028\u202e\u2066\u3000\ufeff"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u200fשלום\u200f", "שלום"),
        ("Pho\u00adto\u00adshop", "Photoshop"),
        ("\ufeffPasted", "Pasted"),
        ("zero\u200bwidth", "zerowidth"),
        ("tab\tand\u00a0space", "tab and space"),
        ("two\r\nlines", "two lines"),
        ("para\u2029graph \u2003 wide", "para graph wide"),
        ("\u202egnp\u202c.exe \u2066x\u2069", "gnp.exe x"),
        ("  double  space  ", "double  space"),
        ("e\u00ad\u0301", "\u00e9"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d🏫", "👩\u200d🏫"),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("hid\U000e0064\U000e0065den", "hidden"),
        ("HTML <div> tag & more", "HTML <div> tag & more"),
    ],
)
def test_a_line_loses_only_invisible_characters(typed: str, kept: str | None) -> None:
    assert clean_line(typed) == (typed if kept is None else kept)


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\ufeff", "\u00ad \u202e", "\u200d", "\u3164", "\t\r\n"])
def test_an_empty_line_is_rejected(typed: str) -> None:
    with pytest.raises(ValueError, match="must not be empty"):
        clean_line(typed)


def test_a_line_of_invisible_characters_has_its_own_message() -> None:
    with pytest.raises(ValueError, match="only invisible characters"):
        clean_line("\u200b\u00ad")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("abcd\x07", r"a control character \(U\+0007\) at position 5"),
        ("\x00", r"a control character \(U\+0000\) at position 1"),
        ("a\x85b", r"a control character \(U\+0085\) at position 2"),
        ("a\ud800", r"half of a surrogate pair \(U\+D800\) at position 2"),
        ("a\ufffe", r"noncharacter \(U\+FFFE\) at position 2"),
        ("\U0001ffff", r"noncharacter \(U\+1FFFF\) at position 1"),
    ],
)
def test_a_rejected_character_is_named_with_its_position(typed: str, told: str) -> None:
    for clean in (clean_line, clean_prose):
        with pytest.raises(ValueError, match=told):
            clean(typed)


@given(TYPED)
def test_prose_is_unchanged_except_for_normalization_and_line_ends(typed: str) -> None:
    assert clean_prose(typed) == unicodedata.normalize("NFC", typed)
    assert clean_prose(typed.replace("\n", "\r\n")) == clean_prose(typed)


@given(st.text("ab\r\n\u0301<é", max_size=20))
def test_cleaning_prose_twice_changes_nothing(typed: str) -> None:
    once = clean_prose(typed)
    assert clean_prose(once) == once


@given(TYPED)
def test_cleaning_a_line_twice_changes_nothing(typed: str) -> None:
    try:
        once = clean_line(typed)
    except ValueError:
        return
    assert clean_line(once) == once
    assert once.split() != []


@given(TYPED)
def test_a_line_keeps_every_visible_character_in_order(typed: str) -> None:
    """Visible is what is neither a space nor a format character."""
    try:
        line = clean_line(typed)
    except ValueError:
        return

    def visible(text: str) -> str:
        kept = "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Zs", "Zl", "Zp", "Cc"})
        return unicodedata.normalize("NFC", kept)

    assert visible(line) == visible(typed)


def test_blank_text_is_rejected_and_other_text_is_unchanged() -> None:
    for blank in ("", " \n", "\u200b"):
        with pytest.raises(ValueError, match="must not be empty"):
            check_not_blank(blank)
    assert check_not_blank(" \tx\n") == " \tx\n"
