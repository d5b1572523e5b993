"""Stored scripts in descriptions (docs/attacks.md, C09), judged by a parser of our own."""

from __future__ import annotations

from html.parser import HTMLParser

import httpx
import pytest
from fastapi import FastAPI
from tests.support.classroom import Classroom

from coursify.core.database import Connection

pytestmark = pytest.mark.anyio


@pytest.fixture
def classroom(app: FastAPI, client: httpx.AsyncClient, db: Connection) -> Classroom:
    return Classroom(app, client, db)


VECTORS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example.com></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
    '<math href="javascript:alert(1)">CLICK</math>',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href=" javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="java&#10;script:alert(1)">x</a>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="//evil.example.com" onclick=alert(1) style="background:url(javascript:alert(1))">x</a>',
    '<iframe src="javascript:alert(1)"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="data:text/html,<script>alert(1)</script>"></object>',
    '<embed src="javascript:alert(1)">',
    '<base href="https://evil.example.com/">',
    '<link rel=stylesheet href="https://evil.example.com/x.css">',
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    "<style>@import url(javascript:alert(1));</style>",
    '<div style="width:expression(alert(1))">x</div>',
    '<p style="background-image:url(https://evil.example.com/t.gif)">x</p>',
    '<table background="javascript:alert(1)"><tr><td background="javascript:alert(1)">x</td></tr></table>',
    "<video><source onerror=alert(1)></video>",
    "<video src=x onloadstart=alert(1)></video>",
    "<audio src onloadstart=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<body onload=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    '<form action="javascript:alert(1)"><button>x</button></form>',
    '<button formaction="javascript:alert(1)">x</button>',
    "<isindex action=javascript:alert(1)>",
    "<template><script>alert(1)</script></template>",
    "<xss onpointerenter=alert(1)>x</xss>",
    '<!--<img src="--><img src=x onerror=alert(1)//">',
    "<![CDATA[<script>alert(1)</script>]]>",
    '<?xml version="1.0"?><script>alert(1)</script>',
    "<<script>alert(1);//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    '<img """><script>alert(1)</script>">',
    "<p><b onmouseover=alert(1)>x</b></p>",
    '<a href="https://example.com" target=_blank rel=opener>x</a>',
    "<a id=__proto__ name=cookie class=x>x</a>",
    '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><foreignObject><body onload=alert(1)></foreignObject></svg>",
    '<svg><use href="data:image/svg+xml,<svg id=x onload=alert(1)>#x"></use></svg>',
    "</p><script>alert(1)</script><p>",
    "<plaintext><script>alert(1)</script>",
]
ALLOWED_TAGS = {
    *("p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "em", "b", "i"),
    *("u", "s", "sub", "sup", "a", "table", "thead", "tbody", "tr", "th", "td"),
}


class Judge(HTMLParser):
    """Notes every tag, attribute and address that is not on the list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED_TAGS:
            self.problems.append(tag)
        for name, value in attrs:
            if name not in {"href", "title", "rel", "colspan", "rowspan"}:
                self.problems.append(f"{tag} {name}")
            if name == "href" and not (value or "").startswith(("https://", "http://", "mailto:", "//")):
                self.problems.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.problems.append(f"comment {data}")


async def test_C09_only_allowed_html_is_stored(classroom: Classroom) -> None:
    """Judged by a parser of its own: every tag and attribute that is left stands on the list."""
    ada = await classroom.person("instructor")
    course = await classroom.draft(ada)
    assert len(VECTORS) >= 60
    for vector in VECTORS:
        for html in (vector, f"<p>Before</p>{vector}<p>After</p>"):
            answer = await ada.put(f"/courses/{course['id']}", {"description": html})
            assert answer.status_code == 200, vector
            stored = answer.json()["data"]["description"]
            judge = Judge()
            judge.feed(stored)
            judge.close()
            assert not judge.problems, (vector, stored, judge.problems)
