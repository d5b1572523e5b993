"""docs/operations/configure.md: every setting with its default and meaning, from `.env.example`."""

from __future__ import annotations

import re
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]

_HEAD = """\
# Configure

Written by `make docs` from [`.env.example`](../../.env.example); a test compares both with the settings of the code.

A process reads its environment once, when it starts. Below it, it reads the file `.env` of its working directory, or
the one that `COURSIFY_ENV_FILE` names. `NAME_FILE=/run/secrets/name` reads the value of any setting from a file, and
`coursify init` writes a `.env` with new keys. What is missing or wrong is named in one sentence each, and nothing
starts; `coursify check` tries the values out.
"""


def build_page() -> str:
    """The whole page."""
    return _HEAD + "".join(_sections((TREE / ".env.example").read_text()))


def _sections(text: str) -> list[str]:
    parts: list[str] = []
    meaning: list[str] = []
    for line in text[text.index("# --- ") :].splitlines():
        title = re.fullmatch(r"# --- (.*) ---", line)
        setting = re.fullmatch(r"(#?)([A-Z0-9_]+)=(.*)", line)
        if title:
            parts.append(f"\n## {title[1]}\n\n| Setting | Default | |\n|---|---|---|\n")
        elif setting:
            is_optional, name, value = setting.groups()
            default = (f"`{value}`" if value else "unset") if is_optional else "**required**"
            parts.append(f"| `{name}` | {default} | {' '.join(meaning).replace('|', chr(92) + '|')} |\n")
        meaning = [*meaning, line[2:]] if line.startswith("# ") and not title else []
    return parts
