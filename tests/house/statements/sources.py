"""Where SQL may stand: in queries.py, in queries/*.py and in migrations. Everything else is held to it here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[3] / "src"

# Whole texts that one file may say, because nobody else may: it owns the transaction and its clock.
DATABASE_WORDS = {"BEGIN; SELECT now()", "SELECT now()", "COMMIT", "ROLLBACK"}

MIGRATIONS = "coursify/migrations/"

# Folders and files whose SQL speaks to another database than the application's.
FOREIGN = {
    "stripe_standin/store": "the stand-in keeps its own state in SQLite",
    "coursify_sandbox/mailbox/store.py": "as the stand-in",
    "coursify_sandbox/postgres.py": "makes the cluster, the roles and the database, before any migration can run",
    "coursify_sandbox/supervisor": "checks as the owner whether the database exists and is empty",
}

_SQL = re.compile(
    r"""
      ^\s*(?i:select\s[^.]*\sfrom\s+\w+ | insert\s+into\s+\w+ | update\s+\w+\s+(as\s+\w+\s+)?set\s | delete\s+from\s+\w+
          | truncate\s+\w+ | with\s+\w+\s+as\s+(materialized\s+)?\( | merge\s+into\s+\w+ | copy\s+\w+\s+(from|to)\s)
    | ^\s*SELECT\b | \b(INSERT\s+INTO|DELETE\s+FROM|RETURNING\s+\w+|ON\s+CONFLICT|VALUES\s*\(|UNION\s+ALL)\b
    | \bUPDATE\s+\w+\s+SET\b | \b(GROUP|ORDER)\s+BY\s+\w+ | \bFOR\s+(NO\s+KEY\s+)?UPDATE\b | \bJOIN\s+\w+\s
    | \bWHERE\s+[\w.]+\s*(=|<|>|IS\b|IN\b) | \bAND\s+[\w.]+\s*(=|<|>|IS\s+(NOT\s+)?NULL)
    | ^\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT\s+\w+|LISTEN\s+\w+|NOTIFY\s+\w+)\b
    | \b(CREATE|ALTER|DROP)\s+(UNIQUE\s+)?(TABLE|INDEX|FUNCTION|ROLE|DATABASE|SCHEMA|VIEW|TYPE)\b
    | [=<>(,]\s*%\(\w+\)s
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Text:
    """A text that looks like SQL, and where it stands."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {' '.join(self.text.split())[:80]}"


def find_stray_sql(source: Path = SOURCE) -> list[Text]:
    """SQL outside the rooms for it."""
    found: list[Text] = []
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source).as_posix()
        if (
            path.name == "queries.py"
            or path.parent.name == "queries"
            or _is_foreign(name)
            or name.startswith(MIGRATIONS)
        ):
            continue
        found += [
            Text(f"{name}:{line}", text)
            for line, text in iterate_texts(ast.parse(path.read_text()))
            if _SQL.search(text) and not (name == "coursify/core/database.py" and text in DATABASE_WORDS)
        ]
    return found


def iterate_texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every string constant and every constant part of an f-string, without docstrings."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def _is_foreign(name: str) -> bool:
    return any(name == place or name.startswith(f"{place}/") for place in FOREIGN)
