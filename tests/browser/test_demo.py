"""The demo storefront in Chromium, by keyboard: from the catalogue to a refund, over the public API alone."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.chromium import Page, open_chromium
from tests.support.looking import assert_accessible, press
from tests.support.mailbox import Mailbox
from tests.support.publishing import publish
from tests.support.servers import ServerAddresses
from tests.support.story import Story, run_story

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("COURSIFY_BROWSER"), reason="make browser"),
]
PASSWORD = "a-long-password!"
PATIENCE = 60


# What a page must have: language, viewport, description and title; one heading, names of controls, sizes of pictures.
LIGHTHOUSE = """
    (() => {
        const name = each => each.ariaLabel || each.labels?.[0]?.innerText || each.innerText || each.title || '';
        const controls = [...document.querySelectorAll('a, button, input, select, textarea, summary')];
        const seen = controls.filter(each => each.checkVisibility());
        const viewport = document.querySelector('meta[name=viewport]')?.content ?? '';
        const checks = {
            lang: document.documentElement.lang === 'en',
            title: document.title.includes(' · '),
            description: Boolean(document.querySelector('meta[name=description]')?.content),
            viewport: viewport.includes('width=device-width') && !viewport.includes('maximum-scale'),
            heading: document.querySelectorAll('h1').length === 1,
            main: document.querySelectorAll('main').length === 1,
            pictures: [...document.images].every(each => each.hasAttribute('alt') && each.width && each.height),
            names: seen.every(each => name(each).trim()),
            tabindex: !document.querySelector('[tabindex]:not([tabindex="-1"]):not([tabindex="0"])'),
        };
        const small = seen.filter(each => each.matches('button, input, select')).filter(each => {
            const {width, height} = each.getBoundingClientRect();
            return each.type !== 'radio' && (width < 24 || height < 24);
        });
        return {missing: Object.keys(checks).filter(key => !checks[key]), small: small.map(name)};
    })()
"""


@dataclass(frozen=True)
class School:
    story: Story
    demo: str
    paid: dict[str, Any]
    free: dict[str, Any]


@dataclass(frozen=True)
class Visitor:
    """Someone without a mouse."""

    page: Page
    school: School

    async def go(self, path: str, condition: str = "true") -> None:
        await self.page.run("document.body && (document.body.dataset.state = 'left')")
        await self.page.open(f"{self.school.demo}/?fresh={secrets.token_hex(4)}#{path}")
        await self.until(condition)

    async def until(self, condition: str) -> None:
        await self.page.until(f"document.body?.dataset.state === 'ready' && ({condition})", PATIENCE)

    async def tab_to(self, label: str) -> None:
        """The control with this label or text, reached by Tab alone."""
        active = "document.activeElement"
        name = f"({active}.labels?.[0]?.innerText || {active}.ariaLabel || {active}.innerText || '')"
        for _ in range(80):
            await press(self.page, "Tab")
            if await self.page.run(f"{name}.trim().startsWith({json.dumps(label)})"):
                return
        raise AssertionError(f"{label!r} is not reached by keyboard: {await self.page.run('document.body.innerText')}")

    async def type(self, label: str, text: str) -> None:
        await self.tab_to(label)
        await self.page.call("Input.insertText", text=text)

    async def enter(self, label: str, condition: str) -> None:
        await self.tab_to(label)
        await press(self.page, "Enter")
        await self.until(condition)

    async def sign_up(self) -> None:
        await self.go("/sign-up", "document.querySelector('[name=password]')")
        await self.type("Name", "Robin")
        await self.type("Email", f"robin-{secrets.token_hex(4)}@example.com")
        await self.type("Password", PASSWORD)
        await press(self.page, "Enter")
        await self.until("document.querySelector('#links').innerText.includes('Sign out')")

    async def fill_card(self, last_digits: str) -> None:
        """The button of a test card fills the form and puts the focus on the button that pays."""
        await self.tab_to(f"… {last_digits}")
        await press(self.page, "Enter")
        await press(self.page, "Enter")

    async def buy(self) -> None:
        await self.go(f"/buy/{self.school.paid['slug']}", "document.querySelector('#card')")
        await self.fill_card("4242")
        await self.until(shows("Thank you"))


def shows(text: str) -> str:
    return f"document.querySelector('main').innerText.includes({json.dumps(text)})"


@pytest.fixture(scope="module")
def school(
    environment: dict[str, str],
    servers: ServerAddresses,
    mailbox: Mailbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[School]:
    variables = environment | {"ENVIRONMENT": "test"}
    folder = tmp_path_factory.mktemp("demo")
    with run_story(variables, servers, mailbox, folder, serve_command=("sandbox", "serve")) as story:
        demo = f"{story.run['api']}/demo"
        yield School(story, demo, publish(story, "Bread for beginners", 4900), publish(story, "Salt for nothing", 0))


@pytest.fixture
async def visitor(school: School, tmp_path: Path) -> AsyncIterator[Visitor]:
    async with open_chromium(tmp_path / "profile") as page:
        yield Visitor(page, school)
        assert page.requests
        assert set(page.requests) <= {"127.0.0.1", "data", "blob"}


async def test_a_visitor_finds_a_course_by_a_suggestion_and_by_search(visitor: Visitor) -> None:
    await visitor.go("/", "document.querySelector('.card')")
    await visitor.type("Search courses", "bre")
    await visitor.page.until("document.querySelector('#suggestions li')", PATIENCE)
    await press(visitor.page, "ArrowDown")
    await press(visitor.page, "Enter")
    await visitor.until(shows("Bread for beginners, slowly."))
    await visitor.go("/", "document.querySelector('.card')")
    await visitor.type("Search courses", "salt")
    await visitor.enter("Search", shows("“salt”"))
    await visitor.enter("Salt for nothing", shows("Salt for nothing, slowly."))
    assert visitor.page.errors == []


async def test_a_category_and_an_order_are_chosen(visitor: Visitor) -> None:
    await visitor.go("/", "document.querySelector('.card')")
    await visitor.enter("Business", "location.hash.includes('business')")
    await visitor.tab_to("Sort by")
    await press(visitor.page, "ArrowDown")
    await visitor.until("location.hash.includes('sort=') && document.querySelector('.card')")
    assert visitor.page.errors == []


async def test_a_new_student_buys_learns_reviews_and_gets_a_refund(visitor: Visitor) -> None:
    await visitor.sign_up()
    await visitor.go(f"/course/{visitor.school.paid['slug']}", shows("$49.00"))
    await visitor.enter("Buy this course", "document.querySelector('#card')")
    await visitor.fill_card("4242")
    await visitor.until(shows("Thank you"))
    await visitor.enter("Start learning", shows("All about Flour."))
    await visitor.enter("Done, next lesson", shows("All about Water."))
    await visitor.enter("Done, next lesson", shows("All about Heat."))
    await visitor.enter("Complete the course", shows("100 % completed"))
    await visitor.tab_to("1 ★")
    await press(visitor.page, "ArrowDown", times=4)
    await visitor.type("Comment", "Eaten warm.")
    await visitor.enter("Publish the review", shows("Thank you for your review."))
    await visitor.go(f"/course/{visitor.school.paid['slug']}", shows("Eaten warm."))
    await visitor.go("/purchases", shows("Paid"))
    await visitor.tab_to("Get a refund")
    await press(visitor.page, "Enter")
    await visitor.enter("Refund", shows("Refunded"))
    await visitor.go(f"/course/{visitor.school.paid['slug']}", shows("Buy this course"))
    assert visitor.page.errors == []


async def test_a_declined_card_is_said_and_another_one_pays(visitor: Visitor) -> None:
    await visitor.sign_up()
    await visitor.go(f"/buy/{visitor.school.paid['slug']}", "document.querySelector('#card')")
    await visitor.fill_card("0002")
    await visitor.until(shows("declined"))
    await visitor.go(f"/buy/{visitor.school.paid['slug']}", "document.querySelector('#card')")
    await visitor.fill_card("4242")
    await visitor.until(shows("Thank you"))
    # Chromium itself notes the 402 of the declined card.
    assert all("402" in error for error in visitor.page.errors)


async def test_the_bank_asks_and_the_course_opens_after_the_answer(visitor: Visitor) -> None:
    await visitor.sign_up()
    await visitor.go(f"/buy/{visitor.school.paid['slug']}", "document.querySelector('#card')")
    await visitor.fill_card("3220")
    await visitor.page.until("location.pathname.startsWith('/3ds/') && document.readyState === 'complete'", PATIENCE)
    await visitor.page.run("document.querySelector('button').focus()")
    await press(visitor.page, "Enter")
    await visitor.until(shows("Thank you"))
    assert visitor.page.errors == []


async def test_the_bank_refuses_and_another_card_pays(visitor: Visitor) -> None:
    await visitor.sign_up()
    await visitor.go(f"/buy/{visitor.school.paid['slug']}", "document.querySelector('#card')")
    await visitor.fill_card("3220")
    await visitor.page.until("location.pathname.startsWith('/3ds/') && document.readyState === 'complete'", PATIENCE)
    await visitor.page.run(
        "[...document.querySelectorAll('button')].find(each => each.innerText === 'Decline').focus()"
    )
    await press(visitor.page, "Enter")
    await visitor.until(
        "document.querySelector('.refusal')?.innerText || document.querySelector('main').innerText.includes('again')"
    )
    await visitor.enter("Try again", "document.querySelector('#card')")
    await visitor.fill_card("4242")
    await visitor.until(shows("Thank you"))
    assert visitor.page.errors == []


async def test_a_preview_is_read_before_anything_is_paid(visitor: Visitor) -> None:
    await visitor.go(f"/course/{visitor.school.paid['slug']}", shows("What you will learn"))
    await visitor.enter("Flour", shows("All about Flour."))
    await assert_accessible(visitor.page)
    await visitor.enter("See the whole course", shows("A loaf every week"))
    await visitor.enter("Buy this course", "document.querySelector('[name=password]')")
    await visitor.enter("Sign up", "document.querySelector('[name=name]')")
    await visitor.type("Name", "Robin")
    await visitor.type("Email", f"robin-{secrets.token_hex(4)}@example.com")
    await visitor.type("Password", PASSWORD)
    await press(visitor.page, "Enter")
    await visitor.until("document.querySelector('#card')")
    assert visitor.page.errors == []


async def test_a_free_course_is_open_at_once(visitor: Visitor) -> None:
    await visitor.sign_up()
    await visitor.go(f"/course/{visitor.school.free['slug']}", shows("Enroll for free"))
    await visitor.enter("Enroll for free", shows("All about Flour."))
    await visitor.go("/learn", shows("Salt for nothing"))
    assert visitor.page.errors == []


async def test_a_course_is_wished_and_no_longer(visitor: Visitor) -> None:
    await visitor.sign_up()
    await visitor.go(f"/course/{visitor.school.paid['slug']}", shows("Add to the wish list"))
    await visitor.enter("♡ Add to the wish list", shows("In your wish list"))
    await visitor.go("/wishes", shows("Bread for beginners"))
    await assert_accessible(visitor.page)
    await visitor.enter("Bread for beginners", shows("In your wish list"))
    await visitor.enter("♥ In your wish list", shows("Add to the wish list"))
    assert visitor.page.errors == []


async def test_who_must_sign_in_comes_back_to_what_they_wanted(visitor: Visitor) -> None:
    await visitor.sign_up()
    email = await visitor.page.run("localStorage.getItem('coursify-session') !== null")
    assert email
    await visitor.enter("Sign out", "document.querySelector('#links').innerText.includes('Sign in')")
    await visitor.go("/purchases", "document.querySelector('[name=password]')")
    await visitor.type("Email", "nobody@example.com")
    await visitor.type("Password", PASSWORD)
    await press(visitor.page, "Enter")
    await visitor.until("document.querySelector('.refusal').innerText")
    await visitor.enter("Sign up", "document.querySelector('[name=name]')")
    await visitor.type("Name", "Robin")
    await visitor.type("Email", f"robin-{secrets.token_hex(4)}@example.com")
    await visitor.type("Password", PASSWORD)
    await press(visitor.page, "Enter")
    await visitor.until(shows("You have bought nothing yet."))


async def test_every_page_has_what_machines_look_for(visitor: Visitor) -> None:
    paid = visitor.school.paid["slug"]
    await visitor.sign_up()
    for path, condition in {
        "/": "document.querySelector('.card')",
        f"/course/{paid}": shows("Lessons"),
        f"/buy/{paid}": "document.querySelector('#card')",
        "/purchases": shows("Purchases"),
    }.items():
        await visitor.go(path, condition)
        found = await visitor.page.run(LIGHTHOUSE)
        assert found["missing"] == [], path
        assert found["small"] == [], path


async def test_every_page_is_accessible_in_both_themes_and_widths(visitor: Visitor) -> None:
    paid = visitor.school.paid["slug"]
    for path, condition in {
        "/": "document.querySelector('.card')",
        f"/course/{paid}": shows("Lessons"),
        "/sign-in": shows("Sign in"),
        "/sign-up": shows("Sign up"),
        "/nowhere": shows("Not found"),
    }.items():
        await visitor.go(path, condition)
        await assert_accessible(visitor.page)
    await visitor.sign_up()
    await visitor.buy()
    for path, condition in {
        "/learn": shows("Bread for beginners"),
        "/purchases": shows("Get a refund"),
        f"/buy/{paid}": "document.querySelector('#card')",
    }.items():
        await visitor.go(path, condition)
        await assert_accessible(visitor.page)
    await visitor.go("/learn", "document.querySelector('.card a')")
    await visitor.enter("Bread for beginners", shows("All about"))
    await assert_accessible(visitor.page)
