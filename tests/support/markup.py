"""Reads HTML as a browser would, with another parser than the application's."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(" ".join([tag, *sorted(name for name, _value in attrs)]))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(f"!--{data}")


def elements_of(html: str) -> list[str]:
    """Every element in order, with the names of its attributes; comments too."""
    return _read(html).elements


def text_of(html: str) -> str:
    """The text of every element in order."""
    return "".join(_read(html).text)


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader
