"""A certificate, typeset: tagged PDF/A-2a and PDF/UA-1, with title and language, the same bytes for the same text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

_TEMPLATE: Final = Path(__file__).parent / "templates" / "certificate.typ"
# Chinese, Japanese and Korean: 33 MB of fonts, read only for texts that need them.
_NEEDS_CJK: Final = re.compile(
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_CJK: Final = {"ja": "JP", "ko": "KR", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "HK"}
# fmt: off
_SCRIPTS: Final = (
    "Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada",
    "Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Symbols", "Tamil", "Telugu", "Thai",
)
# fmt: on


@dataclass(frozen=True, slots=True)
class CertificateText:
    """What is printed. `course_language` is a BCP 47 tag."""

    issuer: str
    name: str
    course: str
    course_language: str
    instructor: str | None
    issued_at: datetime
    code: str
    check_url: str


def render_pdf(text: CertificateText) -> bytes:
    """The PDF. A character that no font has is printed as a box; then the PDF is tagged but no PDF/A or PDF/UA."""
    # Only a process that prints needs its memory.
    typst: Any = import_module("typst")
    needs_cjk = bool(_NEEDS_CJK.search(text.name + text.course + (text.instructor or "") + text.issuer))
    packages = ["manimgx_fonts", *(["manimgx_fonts_cjk"] if needs_cjk else [])]
    folders = [Path(str(files(package))) for package in packages]
    inputs = {"data": json.dumps(_data(text, needs_cjk=needs_cjk))}

    def typeset(standards: list[str]) -> bytes:
        pdf: bytes = typst.compile(
            _TEMPLATE,
            font_paths=folders,
            ignore_system_fonts=True,
            sys_inputs=inputs,
            pdf_standards=standards,
            timestamp=int(text.issued_at.timestamp()),
        )
        return pdf

    try:
        return typeset(["a-2a", "ua-1"])
    except typst.TypstError:
        return typeset([])


def _data(text: CertificateText, *, needs_cjk: bool) -> dict[str, object]:
    region = _CJK.get(text.course_language.lower(), "SC")
    language, day = text.course_language.partition("-")[0].lower(), text.issued_at
    return {
        "fonts": [
            "Noto Sans",
            *([f"Noto Sans CJK {region}"] if needs_cjk else []),
            *(f"Noto Sans {script}" for script in _SCRIPTS),
            "Noto Emoji",
        ],
        "title": f"Certificate of completion: {text.course}",
        "issuer": text.issuer,
        "name": text.name,
        "course": text.course,
        "language": language if re.fullmatch("[a-z]{2,3}", language) else "en",
        "instructor": text.instructor,
        "year": day.year,
        "month": day.month,
        "day": day.day,
        "date": f"{day:%B} {day.day}, {day.year}",
        "code": text.code,
        "url": text.check_url,
    }
