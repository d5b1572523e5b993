"""Writes the locks from pyproject.toml. Versions stay as they are, where they can; `--upgrade` takes the newest.

`make lock` runs it. Hashes of every platform, no address of an index.
"""

from __future__ import annotations

import os
import sys

from install import TREE, find_uv, run, uv_environment

EXTRAS = {
    "requirements-prod.lock": [],
    "requirements.lock": ["--extra", "embedded", "--extra", "media"],
    "requirements-dev.lock": [
        "--extra",
        "embedded",
        "--extra",
        "media",
        "--extra",
        "telemetry",
        "--extra",
        "sentry",
        "--extra",
        "dev",
    ],
}
FORM = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header"]


def main() -> None:
    os.chdir(TREE)
    environment = uv_environment()
    compile_lock = [*find_uv(environment), "pip", "compile", "--quiet", *FORM, *sys.argv[1:], "pyproject.toml"]
    for lock, extras in EXTRAS.items():
        run([*compile_lock, *extras, "--output-file", lock], environment)


if __name__ == "__main__":
    main()
