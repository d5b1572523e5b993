"""What deploy/roll calls here: asks the rehearsal, which owns the processes, to replace one, and waits."""

from __future__ import annotations

import sys
import time
from pathlib import Path


def main() -> None:
    request = Path(sys.argv[1]) / f"replace-{sys.argv[2]}"
    request.touch()
    while request.exists():
        time.sleep(0.05)


if __name__ == "__main__":
    main()
