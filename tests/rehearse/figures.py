"""What the rehearsal measured, and what did not hold."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Figures:
    began: float = field(default_factory=time.monotonic)
    rows: list[tuple[str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self.began:4.0f} s] {text}", flush=True)

    def add(self, name: str, figure: str) -> None:
        self.rows.append((name, figure))
        self.say(f"{name}: {figure}")

    def require(self, holds: object, otherwise: str) -> None:
        """A rule that does not hold fails the rehearsal at its end; the other steps still run."""
        if not holds:
            self.broken.append(otherwise)
            self.say(f"✗ {otherwise}")

    def table(self) -> str:
        return "".join(["| What | Figure |\n|---|---|\n", *(f"| {name} | {figure} |\n" for name, figure in self.rows)])
