"""Titles in many languages and scripts are found however people type them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest
from tests.support.catalogue import put_on_sale
from tests.support.classroom import Classroom

from coursify.core.database import Connection, Database
from coursify.core.pagination import Window
from coursify.modules.courses.services.browse_catalogue import browse_catalogue
from coursify.modules.courses.services.refresh_words import refresh_words

pytestmark = pytest.mark.anyio

WITHOUT_SPACES = (
    *("เรียนภาษาไทยเบื้องต้น", "ភាសាខ្មែរសម្រាប់អ្នកចាប់ផ្តើម", "ພາສາລາວ", "မြန်မာစာ သင်ခန်း", "ﾊﾟｿｺﾝ入門"),
    *("パソコン教室", "データサイエンス", "数据科学入门"),
)
# Marks in these are letters.
INDIC = (
    *("हिन्दी व्याकरण संस्कृत", "தமிழ் மொழி", "తెలుగు భాష", "বাংলা ভাষা", "ਪੰਜਾਬੀ ਬੋਲੀ", "සිංහල භාෂාව"),
    *("བོད་སྐད་",),
)
ALPHABETS = (
    *("اللُّغَةُ العَرَبِيَّةُ لِلْمُبْتَدِئِين", "שָׁלוֹם עִבְרִית", "\u200fעברית\u200e mixed"),
    *("Ελληνική γλώσσα για αρχάριους", "ΟΔΟΣ και λόγος", "ΣΊΣΥΦΟΣ", "Ὀδύσσεια"),
    *("Işık ve gölge fotoğrafçılığı", "İstanbul ılık sular", "Tiếng Việt cơ bản", "Đại số tuyến tính"),
    *("한국어 문법 입문", "Donaudampfschifffahrtsgesellschaft", "Straßenbahnführer", "Äiti ja yöpöytä"),
    *("Żółw i łódź", "ქართული ენა", "ᲥᲐᲠᲗᲣᲚᲘ ᲐᲜᲑᲐᲜᲘ", "አማርኛ ለጀማሪዎች", "Հայերեն լեզու", "Қазақ тілі"),
    *("Монгол хэл", "Þór og Œuvre", "Ёжик в тумане", "Українська їжа", "Íslenska fyrir byrjendur"),
    *("Čeština pro začátečníky", "Yorùbá èdè", "Català col·lecció", "Hawaiʻi ʻōlelo", "Māori reo"),
    *("O’Reilly’s l'amour", "ﬁnance oﬃce", "naïve café", "e-mail marketing"),
)
SYMBOLS = (
    *("🎸 Guitar 🎶", "👩\u200d💻 coding", "Learn C++ fast", "C# in depth", "F# functional"),
    *("ASP.NET Core", ".NET basics", "Node.js server", "Python 3.12 new", "1,000 words", "x86-64 assembly"),
    *("AT&T R&D", "50% off", "H₂O chemistry", "№5 perfume", "Ａｂｃ ｗｉｄｅ", "24/7 support", "3D-Druck"),
    *("UTF\u20118 text", "data\u00adbase design", "zero\u200bwidth"),
)
TITLES = WITHOUT_SPACES + INDIC + ALPHABETS + SYMBOLS


def without_marks(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if unicodedata.category(one) != "Mn")


def ways_to_type(title: str) -> Iterator[str]:
    """The whole title; each of these finds it first."""
    yield from (title, title.lower(), title.upper(), title.casefold())
    yield from (unicodedata.normalize(form, title) for form in ("NFC", "NFD", "NFKC"))
    if title not in WITHOUT_SPACES + INDIC:
        yield without_marks(title)


def parts_to_type(title: str) -> Iterator[str]:
    """The beginning of the last word, and that word with a typing error."""
    word = title.rsplit(maxsplit=1)[-1]
    if len(word) > 4:
        yield word[:-2]
    if len(word) > 5 and word.isalpha() and title not in WITHOUT_SPACES:
        middle = len(word) // 2
        yield word[:middle] + word[middle + 1 :]
        yield word[:middle] + word[middle + 1] + word[middle] + word[middle + 2 :]


@pytest.mark.slow
async def test_titles_are_found_however_they_are_typed(
    classroom: Classroom, db: Connection, database: Database
) -> None:
    ada = await classroom.person("instructor")
    await put_on_sale(db, ada.id, *({"title": title, "slug": f"t-{n}"} for n, title in enumerate(TITLES)))
    await refresh_words(database)

    async def found(typed: str) -> list[str]:
        async with database.read() as opened:
            listed = await browse_catalogue(
                opened, text=typed, filters={}, sort="relevance", window=Window(None, 20, 0)
            )
            return [course.title for course in listed.page.items]

    for title in TITLES:
        for typed in ways_to_type(title):
            assert (await found(typed))[:1] == [title], typed
        for typed in parts_to_type(title):
            assert title in await found(typed), (title, typed)


async def test_a_word_with_an_apostrophe_or_a_hyphen_is_corrected(
    classroom: Classroom, db: Connection, database: Database
) -> None:
    ada = await classroom.person("instructor")
    await put_on_sale(db, ada.id, {"title": "O’Reilly on e-mail", "slug": "a"}, {"title": "C++ patterns", "slug": "b"})
    await refresh_words(database)
    for typed, meant in {
        "o'reily": "oreilly",
        "O’Rielly e-mail": "oreilly e-mail",
        "c++ pattrens": "c++ patterns",
    }.items():
        answer = (await classroom.client.get("/api/v1/courses", params={"search": typed})).json()
        assert (answer["meta"]["didYouMean"], answer["meta"]["total"]) == (meant, 1), typed
