"""The variables that settings are read from: those of the process, and below them those of a `.env` file.

`NAME_FILE` names a file with the value of NAME, for secrets that an orchestrator mounts.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from io import StringIO
from pathlib import Path

from dotenv.parser import parse_stream

# Names the file to read instead of `.env` in the working directory; empty: none.
ENV_FILE = "COURSIFY_ENV_FILE"
_FILE = "_FILE"


class ConfigurationError(Exception):
    """The message names every environment variable that is missing or wrong."""


def read_environment(names: Collection[str]) -> dict[str, str]:
    """Every variable that is set and not empty; of `names` also those that are in files. Raises ConfigurationError."""
    own = _without_empty(os.environ)
    variables: dict[str, str] = {}
    for layer in (read_env_file(), own):
        found = {name: _value_of(name, layer) for name in names if name in layer or name + _FILE in layer}
        variables |= layer | found
    return variables


def read_env_file() -> dict[str, str]:
    """The variables of the `.env` file; none when there is no such file. Raises ConfigurationError."""
    path = find_env_file()
    if path is None:
        return {}
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} cannot be read: it is no text in UTF-8.") from error
    values: dict[str, str] = {}
    for line in parse_stream(StringIO(text)):
        if line.error or (line.key and line.value is None):
            raise ConfigurationError(f"{path}, line {line.original.line}: expected NAME=value.")
        if line.key and line.value:
            values[line.key] = line.value
    return values


def find_env_file() -> Path | None:
    """The file that COURSIFY_ENV_FILE names, else `.env` in the working directory if there is one."""
    if ENV_FILE in os.environ:
        return Path(os.environ[ENV_FILE]) if os.environ[ENV_FILE] else None
    default = Path(".env")
    return default if default.exists() else None


def _value_of(name: str, layer: Mapping[str, str]) -> str:
    if name + _FILE not in layer:
        return layer[name]
    if name in layer:
        raise ConfigurationError(f"{name} and {name}{_FILE} are both set: remove one of them.")
    try:
        return Path(layer[name + _FILE]).read_text(encoding="utf-8").strip("\r\n")
    except OSError as error:
        raise ConfigurationError(f"{name}{_FILE}: {layer[name + _FILE]} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{name}{_FILE}: {layer[name + _FILE]} is no text in UTF-8.") from error


def _without_empty(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if value}
