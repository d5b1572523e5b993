"""`python -m coursify` is the same as `coursify`."""

from __future__ import annotations

from coursify.cli import main

if __name__ == "__main__":
    main()
