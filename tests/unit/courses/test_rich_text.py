"""HTML that instructors write: no text is lost, nothing that could run is left, and cleaning twice changes nothing."""

from __future__ import annotations

import html
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.markup import elements_of, text_of

from coursify.core.text import clean_prose
from coursify.modules.courses import rich_text
from coursify.modules.courses.rich_text import MAX_EXCERPT, MAX_LENGTH, excerpt_of, plain_text, sanitize

TAGS = [
    *("p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "b", "i"),
    *("u", "s", "sub", "sup", "a", "table", "thead", "tbody", "tr", "th", "td"),
]
ATTRIBUTES = {"a": {"href", "title", "rel"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
LINK = '<a href="https://example.com" rel="nofollow noopener noreferrer">c</a>'

# Text that a parser would take for markup, or that markup could swallow.
SNIPPETS = [
    *(
        "x<y",
        "<3",
        "5 < 6",
        "List<String>",
        "if (a<b && c>d)",
        "a<b and c>d",
        "Q & A",
        "<div>",
        "</stray>",
        "<unclosed",
    ),
    *("<!-- x -->", "<!-- x", "<!x>", "<?php echo 1 ?>", "<![CDATA[x]]>", "<script>alert(1)</script>", "<textarea>"),
    *("<style>p{}</style>", "<svg onload=alert(1)>", "<title>x</title>", "<plaintext>", "<select><option>x", "]]>"),
    *("<math><mi>x</math>", "<img src=x onerror=alert(1)>", "<noscript>", "<template>", "<iframe srcdoc=x>"),
    *("<p", "<p x", "<a href='x", '<a title="', "</", "</p", "<", "<<", "<>", "< p>", "<p<", "<b≯", "<px>"),
    *("&", "&lt", "&lt;", "&lt;b&gt;", "&amp;lt;", "&copy", "&#60;b>", "&#x3c;", "&#0;", "&#7;", "&#13;", "&#xfffe;"),
    *("&#824;", "&nbsp;"),
]
MARKUP = [
    *(f"<{tag}>" for tag in TAGS),
    *(f"</{tag}>" for tag in TAGS),
    *("<P>", "<br/>", "<hr />", "</p >", "<td nowrap>", "<ol reversed>", "<td colspan=2>", "<p class='x' id=y>"),
    *('<a href="https://example.com/?a=1&b=2">', "<a href='javascript:alert(1)' title='a>b'>", "<a title='<b>'>"),
    *('<p onclick="alert(1)">', "<b\nstyle=x>"),
]
TABLE_PARTS = {"<table>", "<thead>", "<tbody>", "<tr>", "<th>", "<td>", "<td nowrap>", "<td colspan=2>"}
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="<>&\u0338"), max_size=8)


def typed(*, with_tables: bool) -> st.SearchStrategy[list[tuple[str, bool]]]:
    """Pieces of a description, each with whether it is text; a space between them keeps them apart."""
    tags = [tag for tag in MARKUP if with_tables or tag not in TABLE_PARTS]
    text = st.one_of(WORDS, st.sampled_from(SNIPPETS)).map(lambda piece: (piece, True))
    return st.lists(st.one_of(text, st.sampled_from(tags).map(lambda piece: (piece, False))), max_size=14)


def visible(text: str) -> str:
    """What there is to read: control characters and white space are not."""
    return "".join(char for char in clean_prose(re.sub("[\x00-\x1f\x7f-\x9f]", "", text)) if not char.isspace())


def joined(pieces: list[tuple[str, bool]]) -> str:
    return clean_prose(" ".join(piece for piece, _is_text in pieces))


def read(pieces: list[tuple[str, bool]]) -> str:
    """The text of the pieces, as HTML's character references say it."""
    return visible(html.unescape(" ".join(clean_prose(piece) for piece, is_text in pieces if is_text)))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("if x<y then stop. The rest of my long text", "if x&lt;y then stop. The rest of my long text"),
        (
            "Clear on List<String>; if (a<b && c>d) works",
            "Clear on List&lt;String&gt;; if (a&lt;b &amp;&amp; c&gt;d) works",
        ),
        ("I <3 this. 5 < 6, Q & A", "I &lt;3 this. 5 &lt; 6, Q &amp; A"),
        ("HTML <div> tag lesson", "HTML &lt;div&gt; tag lesson"),
        ("a<b and c>d", "a&lt;b and c&gt;d"),
        ("<p>one <!-- two --> three</p>", "<p>one &lt;!-- two --&gt; three</p>"),
        ("<p>one <!-- two</p>", "<p>one &lt;!-- two</p>"),
        ("<unclosed", "&lt;unclosed"),
        ("the end <", "the end &lt;"),
        ("</stray>x", "&lt;/stray&gt;x"),
        ("<![CDATA[x]]> <?php echo 1; ?>", "&lt;![CDATA[x]]&gt; &lt;?php echo 1; ?&gt;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("1 &lt; 2 &amp;lt; &copy; &nbsp;x", "1 &lt; 2 &amp;lt; © &nbsp;x"),
        ('<a href="https://example.com>c</a> "lost"?', '&lt;a href="https://example.com&gt;c "lost"?'),
        ('<p class="x" onclick="alert(1)">c</p>', "<p>c</p>"),
        ('<a href="javascript:alert(1)">c</a>', '<a rel="nofollow noopener noreferrer">c</a>'),
        ("<TD NOWRAP>c<BR/>d", "c<br>d"),
        ("<pre>\n\nx</pre>", "<pre>\n\nx</pre>"),
        ("a&#7;&#xfffe;&#13;b", "a\nb"),
        ("<b>&#824;x</b>", "<b>&#824;x</b>"),
        ("<p>&nbsp;</p><hr>", ""),
        (" \n", ""),
    ],
)
def test_a_less_than_that_begins_no_allowed_tag_is_text(written: str, kept: str) -> None:
    assert sanitize(written) == kept


def test_html_on_the_list_stays() -> None:
    written = f"<h2>Hi</h2><p>A <strong>b</strong> {LINK}</p><ul><li>d</li></ul><pre><code>x &lt; y\n</code></pre>"
    assert sanitize(written) == written


@given(typed(with_tables=False))
def test_all_text_is_kept_in_order(pieces: list[tuple[str, bool]]) -> None:
    assert visible(text_of(sanitize(joined(pieces)))) == read(pieces)


@given(typed(with_tables=True))
def test_all_text_is_kept_where_a_parser_moves_it_out_of_tables(pieces: list[tuple[str, bool]]) -> None:
    assert sorted(visible(text_of(sanitize(joined(pieces))))) == sorted(read(pieces))


@given(st.one_of(typed(with_tables=True).map(joined), st.text("<>/ab&;\"'= script!-?[]#x3p\n", max_size=60)))
def test_cleaning_what_was_read_changes_nothing(written: str) -> None:
    once = sanitize(written)
    assert sanitize(clean_prose(once)) == once


@given(st.one_of(typed(with_tables=True).map(joined), st.text("<>/ab&;\"'= script!-?[]#x3p\n", max_size=60)))
def test_only_allowed_tags_and_attributes_remain(written: str) -> None:
    for element in elements_of(sanitize(written)):
        tag, *attributes = element.split(" ")
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set())


@pytest.mark.parametrize(
    ("written", "excerpt"),
    [
        ("", ""),
        ("<p>One</p><p>two<br>three</p><ul><li>four</li></ul>", "One two three four"),
        ("<p>a <b>bo</b>ld &lt;word&gt; &amp; Q</p>", "a bold <word> & Q"),
        ('<p><a title="a>b">link</a></p>', "link"),
        ("x " * 400, "x " * 149 + "x…"),
        ("x" * 400, "x" * 299 + "…"),
        ("x" * 300, "x" * 300),
    ],
)
def test_an_excerpt_is_the_beginning_as_plain_text(written: str, excerpt: str) -> None:
    assert excerpt_of(sanitize(written)) == excerpt


@given(typed(with_tables=True).map(joined))
def test_an_excerpt_is_short_and_empty_only_where_the_html_is(written: str) -> None:
    sanitized = sanitize(written)
    excerpt = excerpt_of(sanitized)
    assert len(excerpt) <= MAX_EXCERPT
    assert bool(excerpt) == bool(sanitized)


def test_html_that_never_settles_is_kept_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    misnested = "<h2><table><h3>x"
    settled = sanitize(misnested)
    monkeypatch.setattr(rich_text, "_ROUNDS", 1)
    kept = sanitize(misnested)
    assert "<" not in kept
    assert text_of(kept) != text_of(settled)
    assert "x" in text_of(kept)
    assert sanitize(kept) == kept


@pytest.mark.parametrize(
    "written",
    [
        "<" * MAX_LENGTH,
        "&" * MAX_LENGTH,
        "<a x='" * (MAX_LENGTH // 6),
        "<p" + " a=b" * (MAX_LENGTH // 4),
        "<p a='" + ' <p b="" ' * (MAX_LENGTH // 10),
        "<blockquote>" * (MAX_LENGTH // 12),
        # Formatting that a parser opens again in every paragraph; attributes tell the elements apart.
        "<p>" + "".join(f"<b x={number}>" for number in range(4_000)) + "<p>x" * 12_000,
        "<p>" + "<b><i><u><s><em><strong><code>" * 3 + "<p>x" * (MAX_LENGTH // 5),
    ],
    ids=lambda written: written[:12],
)
def test_nothing_that_fits_into_a_field_takes_long(written: str) -> None:
    started = time.perf_counter()
    excerpt_of(sanitize(written[:MAX_LENGTH]))
    assert time.perf_counter() - started < 30


@pytest.mark.parametrize("text", ["<" * 100_000, "<p" * 50_000, "<!--" * 25_000])
def test_text_that_was_never_sanitized_is_read_in_one_go(text: str) -> None:
    assert plain_text(text) == text
