"""Amounts and texts as people type them."""

from __future__ import annotations

import pytest

from coursify.core.currencies import CURRENCIES
from coursify.pages.core.amounts import read_amount, write_amount
from coursify.pages.teach.course_forms import as_html


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("49", "usd", 4_900),
        ("49.9", "usd", 4_990),
        ("49,90", "eur", 4_990),
        ("1,234.50", "usd", 123_450),
        ("1.234,50", "eur", 123_450),
        ("1 234 567", "usd", 123_456_700),
        ("0", "usd", 0),
        ("1,200", "jpy", 1_200),
        ("1.500", "kwd", 1_500),
    ],
)
def test_an_amount_is_read_as_it_is_written(typed: str, currency: str, minor: int) -> None:
    assert read_amount(typed, currency) == minor


@pytest.mark.parametrize(
    ("typed", "currency"),
    [("1,234", "usd"), ("1.234", "eur"), ("1,234", "kwd"), ("12.5", "jpy"), ("4.999", "usd"), ("-1", "usd"),
     ("$5", "usd"), ("1,23,456", "usd"), ("", "usd"), ("1e3", "usd"), ("٣", "usd"), ("9" * 16, "usd")],
)  # fmt: skip
def test_what_could_mean_two_amounts_or_none_is_refused(typed: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals|large"):
        read_amount(typed, currency)


def test_every_currency_reads_back_what_it_shows() -> None:
    for code in CURRENCIES:
        for minor in (0, 1, 150, 1_500, 123_456):
            assert read_amount(write_amount(minor, code), code) == minor, code


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("One & two\nthree\n\nFour < five", "<p>One &amp; two<br>three</p>\n<p>Four &lt; five</p>"),
        ("<h2>Bees</h2>\r\n\r\nThey <em>fly</em>.", "<h2>Bees</h2>\n<p>They <em>fly</em>.</p>"),
        ("<p>a</p>\n<p>b</p>", "<p>a</p>\n<p>b</p>"),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        (" \n ", " \n "),
    ],
)
def test_paragraphs_that_were_typed_are_seen(typed: str, stored: str) -> None:
    assert as_html(typed) == stored
    assert as_html(stored) == stored, "what is read back stays the same"
