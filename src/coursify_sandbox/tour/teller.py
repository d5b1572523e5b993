"""Shows the tour to a person: the sentence, what is asked and answered, the letters, who may learn and why."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from coursify_sandbox.tour.errors import NotAsTold

METHOD_COLORS = {"GET": "cyan", "POST": "green", "PUT": "yellow", "DELETE": "red"}
LONGEST_LINE = 108


@dataclass
class Teller:
    console: Console
    steps: int = 0

    def begin(self, sentence: str) -> None:
        """The next step, by its number."""
        self.steps += 1
        self.console.print(f"\n[bold blue]{self.steps:>2}[/]  [bold]{escape(sentence)}[/]", soft_wrap=True)

    def exchange(self, method: str, path: str, answer: str, *, to: str = "") -> None:
        """One request line and the short answer."""
        color = METHOD_COLORS.get(method, "white")
        whom = f"[dim]{to} [/]" if to else ""
        self.console.print(f"    {whom}[{color}]{method}[/] {escape(path)}", soft_wrap=True)
        self._line("→", answer, "dim")

    def letter(self, to: str, subject: str) -> None:
        self._line("✉", f"{to}: {subject}", "magenta")

    def access(self, because: str, *, may_learn: bool) -> None:
        """Who may learn now, in the application's own words."""
        self._line(
            "⚿", f"The student {'may' if may_learn else 'may not'} learn. {because}", "green" if may_learn else "red"
        )

    def note(self, sentence: str) -> None:
        self._line("·", sentence, "dim")

    def fail(self, step: str, error: NotAsTold) -> None:
        self.console.print(f"\n[bold red]✗ Step {self.steps} failed:[/] {escape(step)}", soft_wrap=True)
        self.console.print(f"    expected  {escape(error.expected)}", soft_wrap=True)
        self.console.print(f"    came      {escape(error.came)}", soft_wrap=True)

    def end(self, seconds: float) -> None:
        self.console.print(f"\n[bold green]✓ All {self.steps} steps did what they say[/], in {seconds:.1f} s.")

    def _line(self, mark: str, words: str, style: str) -> None:
        shown = words if len(words) <= LONGEST_LINE else words[: LONGEST_LINE - 1] + "…"
        self.console.print(Text(f"    {mark} {shown}", style=style), soft_wrap=True)
