"""The words of emails: sentences begin with a capital letter, and one of something is not a plural."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coursify.core.mail import render_email

ROOT = Path(__file__).resolve().parents[3] / "src/coursify"
TEMPLATES = sorted(path for path in ROOT.glob("**/templates/*") if path.suffix in {".txt", ".html"})
GREETING = re.compile(r"Hello[^\n]*,(?:</p>|</h1>)?\s+(?:<[^>]+>)*(?P<first>.)")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_the_sentence_after_the_greeting_begins_with_a_capital_letter(template: Path) -> None:
    greeting = GREETING.search(template.read_text())
    assert greeting is None or not greeting["first"].islower()


@pytest.mark.parametrize(
    ("payments", "words"), [(1, "1 payment with its orders,"), (2, "2 payments with their orders,")]
)
def test_the_receipt_of_an_erasure_counts_payments(payments: int, words: str) -> None:
    for body in render_email("erasure_receipt", requested_at="2026-11-01 08:00 UTC", payments=payments, years=10):
        assert words in body


@pytest.mark.parametrize(
    ("titles", "failed", "waiting"),
    [(["A"], "your course is not open yet", "your course opens"), (["A", "B"], "your courses are not", "courses open")],
)
def test_the_emails_about_a_payment_count_courses(titles: list[str], failed: str, waiting: str) -> None:
    facts = {"name": "Ada", "total": "$49.00", "titles": titles, "order_id": "o1", "subject": "Your payment"}
    for template, words in (("payment_failed", failed), ("payment_waiting", waiting)):
        for body in render_email(template, **facts):
            assert words in body
