"""What is committed speaks of the project alone: no machine, no index, no secret, no person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo
from tests.house.sources import ROOT, committed_files

from coursify.core.backup_settings import BackupSettings
from coursify.core.settings import Settings, _Group, load_settings

# Written so that these patterns do not find themselves.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:home|Users|root|work)/[a-z][\w.-]*"),
    "a package index": re.compile(
        r"https?://(?![\w.-]*\bexample\b)[^\s\"'<>]*/(?:simple|api/pypi|artifactory)\b"
        r"|--(?:extra-)?index-url[ =]https?:"
    ),
    "a live key": re.compile(r"\b(?:sk|rk|pk)_live_[0-9A-Za-z]{8,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bAKIA[0-9A-Z]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a password in an address": re.compile(
        r"\b(?:postgres(?:ql)?|redis|smtp|amqp)://[^\s:@/{}\"'<>$]+:(?!password@)[^\s@/{}\"'<>$%*]{6,}@"
    ),
}
# Files of others, kept as they are.
FOREIGN = (
    "src/coursify/core/http/swagger_ui/",
    "src/coursify/pages/static/htmx.",
    "demo/vendor/",
    "tests/browser/vendor/",
    "src/coursify/modules/identity/common_passwords.txt",
    "requirements",
    "LICENSE",
)
# Mail addresses of domains that are no examples, each with its reason.
KNOWN_DOMAINS = {"x.io": "a made-up address in four spellings, in the tests that attack signing up"}
ADDRESS = re.compile(r"\b[\w.+-]+@([\w-]+(?:\.[\w-]+)+)\b")
DOMAINS = re.compile(r"(?:^|\.)(?:example\.(?:com|org|net)|example|test|invalid|localhost)$")


def ours() -> list[Path]:
    return [
        path
        for path in committed_files()
        if not path.relative_to(ROOT).as_posix().startswith(FOREIGN) and path.suffix not in {".png", ".pdf", ".woff2"}
    ]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_committed_file_holds(what: str) -> None:
    found = []
    for path in committed_files() if what == "a package index" else ours():
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
            if match := FORBIDDEN[what].search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {match[0]}")
    assert found == []


def test_addresses_are_examples() -> None:
    """No committed file writes to, or of, a person who may exist."""
    found = {
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in ours()
        for match in ADDRESS.finditer(path.read_text(errors="replace"))
        if (domain := match[1].lower()).rpartition(".")[2] in {"com", "org", "net", "io", "dev", "edu"}
        if not DOMAINS.search(domain) and domain not in KNOWN_DOMAINS
    }
    assert found == set()


def fields_of_settings() -> dict[str, FieldInfo]:
    groups = {kind.__name__: kind for kind in (*_Group.__subclasses__(), BackupSettings)}
    return {
        name.upper(): field
        for group in (*Settings.__annotations__.values(), "BackupSettings")
        for name, field in groups[group].model_fields.items()
    }


def lines_of_example() -> dict[str, tuple[bool, str]]:
    """Variable → whether it is commented out, because it may stay unset, and its value."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    found = [re.fullmatch(r"(#?)([A-Z][A-Z0-9_]+)=(.*)", line) for line in lines]
    return {match[2]: (bool(match[1]), match[3]) for match in found if match}


def test_the_example_has_every_setting_and_nothing_else() -> None:
    assert lines_of_example().keys() == fields_of_settings().keys()


def test_the_example_shows_what_must_be_set_and_what_counts_otherwise() -> None:
    shown = lines_of_example()
    for name, field in fields_of_settings().items():
        is_optional, value = shown[name]
        assert is_optional != field.is_required(), name
        if is_optional:
            default = field.default
            assert value == as_written(default)


def as_written(default: object) -> str:
    if default in (None, ()):
        return ""
    if isinstance(default, tuple):
        return ",".join(value if isinstance(value, str) else ":".join(map(str, value)) for value in default)
    return str(default).lower() if default is False else str(default)


def test_the_example_has_no_value_for_a_secret() -> None:
    secret = re.compile(r"SECRET|PASSWORD|KEY")
    assert {name for name, (_optional, value) in lines_of_example().items() if secret.search(name) and value} == set()


def test_no_secret_has_a_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """With an empty environment nothing starts, and everything that is missing is named."""
    for name in fields_of_settings():
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Exception, match="configuration is incomplete") as raised:
        load_settings()
    text = str(raised.value)
    for name in ("DATABASE_URL", "REDIS_URL", "SERVER_KEY", "JWT_KEYS", "ENCRYPTION_KEYS", "STRIPE_SECRET_KEY"):
        assert name in text
