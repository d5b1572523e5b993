"""How admins sort courses."""

from __future__ import annotations

from typing import Literal

# A minus sign is the other way round.
AdminOrder = Literal[
    "created", "-created", "updated", "-updated", "title", "-title", "price", "-price", "enrollments", "-enrollments"
]
