"""Begins a revision: NNNN_name.py, and the empty NNNN_name.sql beside it. `make migration NAME=…` runs it."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).resolve().parents[1] / "src/coursify/migrations"


def main() -> None:
    numbers = [int(path.name[:4]) for path in MIGRATIONS.glob("versions/*.sql")]
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    made = command.revision(config, message=sys.argv[1], rev_id=f"{max(numbers) + 1:04}")
    Path(made.path).with_suffix(".sql").touch()


if __name__ == "__main__":
    main()
