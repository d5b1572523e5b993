"""The templates: escaped by default, and an undefined name is an error."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from coursify.core.pictures import image_url
from coursify.pages.core import formats
from coursify.pages.core.charts import draw
from coursify.pages.core.navigation import groups_at

FOLDER = Path(__file__).resolve().parents[1]
STATIC = FOLDER / "static"
STATIC_PATH = "/pages/static"


def template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def asset(name: str) -> str:
    """The address of a file of ours. It changes with the content, so that browsers keep it for a year."""
    return f"{STATIC_PATH}/{name}?v={hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def _without(mapping: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in mapping.items() if key != name}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.filters |= {
        "amount": formats.amount,
        "number": formats.number,
        "percent": formats.percent,
        "duration": formats.duration,
        "byte_size": formats.byte_size,
        "moment": formats.moment,
        "day": formats.day,
        "without": _without,
    }
    environment.globals |= {
        "ago": formats.ago,
        "asset": asset,
        "change": formats.change,
        "draw": draw,
        "groups_at": groups_at,
        "image_url": image_url,
    }
    return environment
