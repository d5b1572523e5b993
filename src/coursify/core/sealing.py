"""A column whose values are sealed (core/crypto.py). `coursify/sealed_columns.py` lists them all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """`key` names the columns of the primary key. `expires`: the rows are deleted within about a day."""

    table: str
    column: str
    key: tuple[str, ...] = ("id",)
    expires: bool = False

    def for_row(self, *key: object) -> str:
        """The associated data of one row's value, `table.column:key`: the value opens with nothing else."""
        return f"{self.table}.{self.column}:{':'.join(map(str, key))}"
