"""Scripts of ours by themselves, on an empty page: their ends and beginnings may come in either order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

UI = Path(__file__).parent.parent.parent / "crackxai" / "ui"
ENDS_FIRST = [True, False]


@pytest.fixture
def blank(chromium) -> Iterator:
    page = chromium.new_page()
    yield page
    page.close()


def load(page, name: str) -> None:
    """As ``begin(data)`` on the page, which gives back what ends it."""
    page.evaluate(
        """async (source) => {
          const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
          window.begin = (data) => module.default({ data });
          const module = await import(url);
        }""",
        (UI / f"{name}.js").read_text("utf-8"),
    )


def follow(page, first: dict, second: dict, ends_first: bool) -> None:
    """The script with the first data, then with the second, which alone goes on."""
    page.evaluate(
        """([first, second, endsFirst]) => {
          const end = begin(first);
          if (endsFirst) end();
          window.end = begin(second);
          if (!endsFirst) end();
        }""",
        [first, second, ends_first],
    )


@pytest.mark.parametrize("ends_first", ENDS_FIRST)
def test_keys_are_those_of_the_photo_that_is_there(blank, ends_first):
    blank.set_content(
        "<div class='st-key-old'><button onclick='said.push(`old`)'>1</button></div>"
        "<div class='st-key-new'><button onclick='said.push(`new`)'>2</button></div>"
    )
    load(blank, "button_keys")
    blank.evaluate("window.said = []")
    follow(blank, {"keys": {"a": "old", "b": "old"}}, {"keys": {"a": "new"}}, ends_first)
    blank.keyboard.press("a")
    blank.keyboard.press("b")
    assert blank.evaluate("said") == ["new"]
    blank.evaluate("end()")
    blank.keyboard.press("a")
    assert blank.evaluate("said") == ["new"]


def asks(page) -> bool:
    """Whether the page would ask before it is left."""
    return page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")


@pytest.mark.parametrize("ends_first", ENDS_FIRST)
@pytest.mark.parametrize("second", [True, False])
def test_the_page_that_is_there_says_whether_to_ask_before_it_is_left(blank, second, ends_first):
    blank.clock.install()
    load(blank, "leave_guard")
    follow(blank, {"ask": not second}, {"ask": second}, ends_first)
    assert asks(blank) is second
    blank.clock.run_for(10_000)
    assert asks(blank) is second


def test_and_after_it_nobody_asks(blank):
    blank.clock.install()
    load(blank, "leave_guard")
    blank.evaluate("window.end = begin({ ask: true })")
    blank.evaluate("end()")
    blank.clock.run_for(1_000)
    assert asks(blank)  # between two pages of the app
    blank.clock.run_for(10_000)
    assert not asks(blank)


@pytest.mark.parametrize("there", [None, "this", "another"])
def test_the_address_is_that_of_the_session_that_the_page_is_of(blank, there):
    """Whether or not the page has heard of its session before: the scripts of a page may come in any order."""
    blank.route("http://page.test/**", lambda route: route.fulfill(body="<html lang=en>", content_type="text/html"))
    blank.goto("http://page.test/photo?sample=2&theirs=1")
    facts = {"session": "this", "lang": "zh-Hant", "own": "?sample=3", "ours": ["sample"], "foreign": []}
    script = (UI / "address.js").read_text("utf-8")
    blank.evaluate(
        "([script, there, facts]) => { if (there) document.documentElement.dataset.session = there;"
        " eval(script)(facts); }",
        [script, there, facts],
    )
    ours = there != "another"
    assert blank.evaluate("document.documentElement.lang") == ("zh-Hant" if ours else "en")
    assert blank.url.endswith("/photo?sample=3&theirs=1" if ours else "/photo?sample=2&theirs=1")
