"""What is printed: any script, as data and never as source, accessible, the same bytes each time."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from coursify.modules.certificates.pdf import CertificateText, render_pdf

TEXT = CertificateText(
    issuer="Coursify",
    name="Anna Álvarez",
    course="Rust in practice",
    course_language="en",
    instructor="Ada Lovelace",
    issued_at=datetime(2026, 11, 26, 10, tzinfo=UTC),
    code="7K3M9-QWERT-YASDF-GHJKZ",
    check_url="https://school.example.com/api/v1/certificates/7K3M9QWERTYASDFGHJKZ",
)
STANDARDS = (b"<pdfaid:part>2<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<")


def test_a_certificate_is_tagged_and_has_a_title_a_language_and_its_date() -> None:
    pdf = render_pdf(TEXT)
    for mark in (*STANDARDS, b"/Marked true", b"/Lang(en)", b"/DisplayDocTitle true"):
        assert mark in pdf
    assert b"Certificate of completion: Rust in practice</rdf:li>" in pdf
    assert b"<xmp:CreateDate>2026-11-26T" in pdf


def test_the_same_text_is_the_same_bytes() -> None:
    assert render_pdf(TEXT) == render_pdf(TEXT)


@pytest.mark.parametrize(
    "name",
    [
        "张伟",
        "山田太郎",
        "김철수",
        "محمد بن سلمان",
        "שלום כהן",
        "नरेन्द्र",
        "สมชาย",
        "Жанна Ω",
        "ተስፋዬ",
        "გიორგი",
        "தமிழ்",
        "Łódź 😀",
        "e\u0301\u200d",
    ],
)
def test_names_of_many_scripts_have_their_letters(name: str) -> None:
    """PDF/A and PDF/UA are refused for a text with a letter that no font has."""
    pdf = render_pdf(dataclasses.replace(TEXT, name=name, course=f"{name} 1", course_language="und"))
    assert all(mark in pdf for mark in STANDARDS)


def test_letters_that_no_font_has_are_no_error() -> None:
    pdf = render_pdf(dataclasses.replace(TEXT, name="བོད་"))
    assert pdf.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "text",
    [
        '#panic("x")',
        "$x^2$",
        "*bold* _it_ = heading",
        '"quoted" \\ back',
        "{{7*7}}",
        "#sys.inputs.data",
        "`raw`",
        "=1+1",
        "../../etc/passwd",
        '#read("/etc/passwd")',
        "<label> @ref",
        "//comment",
        "</rdf:li>",
    ],
)
def test_G21_what_people_wrote_is_data(text: str) -> None:
    pdf = render_pdf(dataclasses.replace(TEXT, name=text, course=text, instructor=text, issuer=text))
    assert all(mark in pdf for mark in STANDARDS)


@pytest.mark.parametrize("length", [1, 100, 200])
def test_a_long_word_stays_on_its_line_and_the_certificate_on_its_page(length: int) -> None:
    pdf = render_pdf(dataclasses.replace(TEXT, name="N" * length, course="W " * length, course_language="x"))
    assert b"<xmpTPg:NPages>1<" in pdf
