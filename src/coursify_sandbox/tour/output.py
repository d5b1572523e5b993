"""Prints the tour: each step, its requests and responses, the emails, and who has access and why."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from coursify_sandbox.tour.errors import StepFailed

METHOD_COLORS = {"GET": "cyan", "POST": "green", "PUT": "yellow", "DELETE": "red"}
MAX_LINE_LENGTH = 108


@dataclass
class TourOutput:
    console: Console
    steps: int = 0

    def start_step(self, sentence: str) -> None:
        """Print the number and the sentence of the next step."""
        self.steps += 1
        self.console.print(f"\n[bold blue]{self.steps:>2}[/]  [bold]{escape(sentence)}[/]", soft_wrap=True)

    def show_exchange(self, method: str, path: str, response: str, *, server: str = "") -> None:
        """Print a request line and its response in short."""
        color = METHOD_COLORS.get(method, "white")
        prefix = f"[dim]{server} [/]" if server else ""
        self.console.print(f"    {prefix}[{color}]{method}[/] {escape(path)}", soft_wrap=True)
        self._print("→", response, "dim")

    def show_email(self, to: str, subject: str) -> None:
        self._print("✉", f"{to}: {subject}", "magenta")

    def show_access(self, because: str, *, may_learn: bool) -> None:
        """Print whether the student has access, and the API's reason."""
        access = "has access" if may_learn else "has no access"
        self._print("⚿", f"The student {access}. {because}", "green" if may_learn else "red")

    def show_note(self, sentence: str) -> None:
        self._print("·", sentence, "dim")

    def show_failure(self, step: str, error: StepFailed) -> None:
        self.console.print(f"\n[bold red]✗ Step {self.steps} failed:[/] {escape(step)}", soft_wrap=True)
        self.console.print(f"    expected  {escape(error.expected)}", soft_wrap=True)
        self.console.print(f"    got       {escape(error.actual)}", soft_wrap=True)

    def show_success(self, seconds: float) -> None:
        self.console.print(f"\n[bold green]✓ All {self.steps} steps succeeded[/] in {seconds:.1f} s.")

    def _print(self, mark: str, text: str, style: str) -> None:
        shown = text if len(text) <= MAX_LINE_LENGTH else text[: MAX_LINE_LENGTH - 1] + "…"
        self.console.print(Text(f"    {mark} {shown}", style=style), soft_wrap=True)
