"""Looks for secrets in the committed files, and for known vulnerabilities of the packages that production installs.

`make audit` runs it. The advisories are the package index's; where it has none, this says so and judges nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

TREE = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LOCK = "requirements-prod.lock"
# Hashes, and texts that others wrote.
FOREIGN = (
    "requirements",
    "src/coursify/core/http/swagger_ui/",
    "src/coursify/modules/identity/common_passwords.txt",
    "demo/vendor/",
)
# Made-up passwords are what tests are full of: there only keys in the form of a provider count.
NOT_IN_TESTS = ("KeywordDetector", "HexHighEntropyString", "Base64HighEntropyString")
ALLOWED = (
    "a-long-password(-of-(yours|hers|his))?",  # README.md and the guide show how to sign up
    "a password of your own",  # a placeholder in the page about backups
    "sk_test_",  # the beginnings of keys in the play of compose.yaml; zeros follow
    "whsec_",
    r"SG\.",
    "`?tests/.*",  # the names of tests beside a requirement about passwords
    "tour-of-the-school!",  # the accounts of the tour, in a sandbox
    "password",  # a placeholder in the example of an address
    "pass",  # as above, in a test
    "a-wrong-password",  # in the guide to signing in
    "correct-horse-battery!",  # the people of the bench
    "pi_…",  # a secret of an intent, shortened in the guide
    "another-password",  # in the example of the TypeScript client
    "`?POST /users/reset-password`?",  # an address beside what it does
    "canary-password",  # a test looks for it in logs
    "0199b2f0c1de7a3c8a5e3d9f4b1c2a70",  # a request id in the examples of the API
    "abcdefghjkmnpqrstuvwxyz23456789",  # the alphabet of the ends of slugs
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ",  # the alphabet of codes that people type
    "ABCDEFGHJKLMNPQRSTUVWXYZ23456789",  # the alphabet of the references of notices
    "secret",  # a placeholder in the examples of addresses
    "a-secret_of",  # as above, in a test
    r"\{SECRET\}%zz",  # as above
)


def main() -> None:
    problems = [*find_secrets(), *find_vulnerabilities()]
    if problems:
        sys.exit("\n".join(problems))


def find_secrets() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=True).stdout.splitlines()
    names = [name for name in listed if not name.startswith(FOREIGN) and (TREE / name).is_file()]
    tests = [name for name in names if name.startswith("tests/")]
    return [
        *_scan([name for name in names if name not in tests]),
        *_scan(tests, *(word for plugin in NOT_IN_TESTS for word in ("--disable-plugin", plugin))),
    ]


def _scan(names: list[str], *options: str) -> list[str]:
    allowed = "^(" + "|".join(ALLOWED) + ")$"
    command = [
        str(BIN / "detect-secrets-hook"),
        "--no-verify",
        "--json",
        "--exclude-secrets",
        allowed,
        *options,
        *names,
    ]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    results: dict[str, list[dict[str, Any]]] = json.loads(done.stdout)["results"]
    return [
        f"{name}:{found['line_number']}: {found['type']}; if it is none, name it in ALLOWED of scripts/audit.py"
        for name, each in results.items()
        for found in each
    ]


def find_vulnerabilities() -> list[str]:
    """One line for each advisory."""
    command = [str(BIN / "pip-audit"), "--disable-pip", "--require-hashes", "-r", LOCK, "--format", "json"]
    done = subprocess.run(
        [*command, "--progress-spinner", "off"], cwd=TREE, capture_output=True, text=True, check=False
    )
    packages: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"] if done.stdout else []
    judged = [package for package in packages if "vulns" in package]
    if not judged:
        print(f"No advisories can be had here: {LOCK} was not audited. Secrets were looked for.")
    elif len(judged) < len(packages):
        print(f"{len(packages) - len(judged)} of {len(packages)} packages of {LOCK} have no advisories here.")
    return [
        f"{package['name']} {package['version']}: {found['id']}, fixed in {', '.join(found['fix_versions']) or '-'}"
        for package in judged
        for found in package["vulns"]
    ]


if __name__ == "__main__":
    main()
