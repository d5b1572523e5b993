"""The newest revision of every released version.

A revision that removes something, or changes it so that older versions fail, says which versions may still serve:
`UPDATE alembic_version SET compatible_from = …`, with one of these (docs/decisions/0046).
"""

from __future__ import annotations

RELEASED = {"0.1.0": "0027"}
