"""Prints the properties that the tests of the last `make prove` recorded, one line each."""

from __future__ import annotations

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

REPORT = Path(".pytest_cache/prove.xml")


def main() -> None:
    for case in ET.parse(REPORT).iter("testcase"):  # noqa: S314  # pytest wrote it just now
        figures = [f"{found.get('name')}={found.get('value')}" for found in case.iter("property")]
        if figures:
            sys.stdout.write(f"{case.get('name')}: {', '.join(figures)} ({float(case.get('time', 0)):.0f} s)\n")


if __name__ == "__main__":
    main()
