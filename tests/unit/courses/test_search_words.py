"""How words are cut and folded: alike for courses and for what people type."""

from __future__ import annotations

import unicodedata
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursify.core.text import clean_line
from coursify.modules.courses.search.fold import fold
from coursify.modules.courses.search.spelling import deletions_of, is_one_error
from coursify.modules.courses.search.words import MAX_LETTERS, index_words, query_terms, text_key, whole_words

FOLDED = [
    ("Café", "cafe"), ("Tiếng Việt cơ bản", "tieng viet co ban"), ("Köln", "koln"), ("IŞIK ışık İÇ", "isik isik ic"),
    ("Łódź", "lodz"), ("Smørrebrød", "smorrebrod"), ("Straßen ẞ", "strassen ss"), ("oﬃce", "office"), ("Þór", "thor"),
    ("Œuvre Æsir", "oeuvre aesir"), ("Đại số", "dai so"), ("Ёлка и йод", "елка и йод"), ("Ὀδυσσεύς", "οδυσσευσ"),
    ("أَلْكِتَابـــ إلى", "الكتاب الي"), ("שָׁלוֹם", "שלום"), ("فارسی ک", "فارسي ك"), ("हिन्दी में", "हिन्दी में"), ("ज़रा", "जरा"),
    ("ﾌﾟﾛｸﾞﾗﾐﾝｸﾞ", "ぷろぐらみんぐ"), ("データ", "でーた"), ("ＡＢＣ１２", "abc12"), ("٣٫٥", "3 5"),
    ("한국", "한국"), ("漢字 汉字", "漢字 汉字"),
    ("x² ½", "x2 1 2"), ("Java™ C♯", "java  c#"), ("soft\u00adhyphen ze\u200bro", "softhyphen zero"),
    ("👍🏽 ✅", "👍 ✅"),
]  # fmt: skip
CUT = [
    ("Master “Docker” today", {"master", "docker", "today"}),
    ("¿Qué es Python?", {"que", "es", "python"}),
    ("Wait…what — now", {"wait", "what", "now"}),
    ("«Весна»،كتاب। हिंदी", {"весна", "كتاب", "हिंदी"}),
    ("الخطّ", {"الخط", "خط"}),
    ("L’eau", {"l", "eau", "leau"}),
    ("e-mail", {"e", "mail", "email"}),
    ("C, C++ and C#", {"c", "c++", "and", "c#"}),
    (".NET ASP.NET", {".net", "net", "asp", "aspnet"}),
    ("Node.js 3.11 v1.2", {"node", "js", "nodejs", ".js", "3.11", "v1.2"}),
    ("A+ tag# #tag", {"a+", "tag"}),
    ("数据科学", {"数据", "据科", "科学", "学"}),
    ("Python入门", {"python", "入门", "门"}),
    ("می\u200cخواهم", {"مي", "خواهم", "ميخواهم"}),
    ("Köln", {"koln", "koeln"}),
    ("🎸 solo", {"🎸", "solo"}),
    ("!? — …", set()),
]


@pytest.mark.parametrize(("text", "folded"), FOLDED)
def test_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == unicodedata.normalize("NFC", folded)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(("text", "words"), CUT)
def test_text_is_cut_into_words(text: str, words: set[str]) -> None:
    assert index_words(text) == words


def test_a_long_text_without_spaces_is_found_by_its_beginning() -> None:
    assert whole_words("数据科学入门 node.js") == {"数据科学入门", "node", "js", "nodejs", ".js"}
    assert index_words("a" * 100_000) == {"a" * MAX_LETTERS}
    assert query_terms("a" * 100_000) == [(("a" * MAX_LETTERS,),)]


@given(st.text(max_size=40))
def test_every_text_is_found_by_itself(text: str) -> None:
    words = index_words(text)
    for term in query_terms(text):
        assert any(all(word in words or len(word) == 1 for word in way) for way in term)
    assert fold(fold(text)) == fold(text)
    assert text_key(text) == text_key(unicodedata.normalize("NFD", text)) == text_key(f" {text} ")
    for word in words:
        assert word
        assert len(word) <= MAX_LETTERS
        assert not set("'\\\0 :*&|!()<>") & set(word)


@given(st.text(min_size=1, max_size=40))
def test_a_stored_title_has_the_key_of_the_typed_one(text: str) -> None:
    try:
        title = clean_line(text)
    except ValueError:
        return
    assert text_key(title) == text_key(clean_line(title))


def test_one_error_is_a_distance_of_one() -> None:
    words = ["".join(letters) for size in range(5) for letters in product("ab", repeat=size)] + ["abc", "acb", "bca"]
    for typed, meant in product(words, words):
        assert is_one_error(typed, meant) == (distance(typed, meant) == 1), (typed, meant)
        if is_one_error(typed, meant):
            assert {typed, *deletions_of(typed)} & {meant, *deletions_of(meant)}


def distance(one: str, other: str) -> int:
    """Optimal string alignment, as the textbook has it."""
    table = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for row, column in product(range(len(one) + 1), range(len(other) + 1)):
        if not row or not column:
            table[row][column] = row or column
            continue
        cost = one[row - 1] != other[column - 1]
        best = min(table[row - 1][column] + 1, table[row][column - 1] + 1, table[row - 1][column - 1] + cost)
        if row > 1 and column > 1 and one[row - 1] == other[column - 2] and one[row - 2] == other[column - 1]:
            best = min(best, table[row - 2][column - 2] + 1)
        table[row][column] = best
    return table[len(one)][len(other)]
