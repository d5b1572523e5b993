"""A figure of one period beside the same one of the period before."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of now and of before; an amount where it has a currency."""

    label: str
    value: int
    before: int
    currency: str = ""

    @property
    def tone(self) -> str:
        return "good" if self.value > self.before else "bad" if self.value < self.before else ""
