"""Three import contracts that import-linter lacks, for the rules of ARCHITECTURE.md; pyproject.toml uses them."""

from __future__ import annotations

import grimp
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules


class RoomsContract(Contract):
    """A module of `container` imports of another only the rooms that are `open`; controllers and schemas some more."""

    type_name = "rooms"

    container = fields.StringField()
    open = fields.ListField(subfield=fields.StringField())
    open_to_controllers_and_schemas = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  # the base class asks so
        prefix = f"{self.container}."
        inside = [name for name in graph.modules if name.startswith(prefix)]
        broken = sorted(
            (importer, imported)
            for importer in inside
            for imported in graph.find_modules_directly_imported_by(importer)
            if imported.startswith(prefix) and not self._may_import(importer, imported, prefix)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _may_import(self, importer: str, imported: str, prefix: str) -> bool:
        home, target = (name.removeprefix(prefix).split(".") for name in (importer, imported))
        open_rooms: list[str] = list(self.open)  # type: ignore[call-overload]
        if home[1:2] in (["controllers"], ["schemas"]):
            open_rooms += self.open_to_controllers_and_schemas  # type: ignore[arg-type]
        return home[0] == target[0] or (len(target) > 1 and target[1] in open_rooms)

    def render_broken_contract(self, check: ContractCheck) -> None:
        _render(check)


class OnlyContract(Contract):
    """`modules` (of others or ours) are imported, directly, by `importers` and nobody else."""

    type_name = "only"

    modules = fields.ListField(subfield=fields.StringField())
    importers = fields.ListField(subfield=fields.ModuleExpressionField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  # the base class asks so
        allowed = {
            module.name
            for module in module_expressions_to_modules(graph, self.importers, as_packages=True)  # type: ignore[arg-type]
        }
        broken = sorted(
            (importer, imported)
            for imported in self.modules  # type: ignore[attr-defined]
            if imported in graph.modules
            for importer in graph.find_modules_that_directly_import(imported) - allowed
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        _render(check)


class GatewaysContract(Contract):
    """`importers` import of the modules in `container` only the files `gateway` and `store`."""

    type_name = "gateways"

    importers = fields.StringField()
    container = fields.StringField()

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001  # the base class asks so
        prefix = f"{self.container}."
        broken = sorted(
            (importer, imported)
            for importer in graph.find_descendants(str(self.importers))
            for imported in graph.find_modules_directly_imported_by(importer)
            if imported.startswith(prefix)
            and imported.removeprefix(prefix).split(".")[1:] not in (["gateway"], ["store"])
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        _render(check)


def _render(check: ContractCheck) -> None:
    for importer, imported in check.metadata["broken"]:
        output.print_error(f"{importer} -> {imported}", bold=False)
