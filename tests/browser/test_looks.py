"""What every page must be for everybody: it fits, it has both themes and languages, and its parts can be told."""

from __future__ import annotations

import re

import pytest

from crackxai.texts import LANGUAGES
from tests.browser.driver import button, fits, idle, still

PAGES = {
    "": "controls", "compare": "compare", "inspection": "begin-inspection", "disagreements": "disagreements",
    "model": "reset", "guide": "show-colours",
}  # fmt: skip
"""Path -> a widget that is there once the page is."""
LOOKS = 8
"""Looks at a page, two seconds apart, before a fault is believed."""


def opened(page, key: str) -> None:
    page.locator(f".st-key-{key}").first.wait_for() if key != "controls" else button(page, "explain").wait_for()
    idle(page)


def grave_faults_that_stay(page) -> list:
    """Serious and critical faults of access [(rule, impact, nodes)] that are there however long one waits.

    A text that Streamlit is still fading in has too little contrast for a moment, and on a slow machine the page is
    drawn anew between any check that it rests and axe's look at it; what belongs to the page is found every time.
    """
    from axe_playwright_python.sync_playwright import Axe

    for _ in range(LOOKS):
        idle(page)
        still(page)
        found = Axe().run(page).response["violations"]
        grave = [
            (fault["id"], fault["impact"], [node["html"][:200] for node in fault["nodes"]][:3])
            for fault in found
            if fault["impact"] in ("serious", "critical")
        ]
        if not grave:
            return []
        page.wait_for_timeout(2000)
    return grave


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["laptop", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_and_has_no_serious_fault_of_access(visit, size, scheme, language):
    first = True
    for path, key in PAGES.items():
        page = visit(f"{path}?sample=2&lang={language}&masker=mean&max_evals=50", *size, scheme)
        opened(page, key)
        if first:
            button(page, "explain").click()
            button(page, "download-record").wait_for()
            idle(page)
            first = False
        assert fits(page)
        background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
        brightness = sum(int(part) for part in re.findall(r"\d+", background)[:3]) / 3
        assert (brightness < 64) == (scheme == "dark")
        assert page.evaluate("[...document.images].filter(i => i.width > 16 && !i.alt).length") == 0
        grave = grave_faults_that_stay(page)
        assert not grave, (path, grave)


def looks_focused(page, key: str) -> bool:
    """Whether the control looks another when the focus is taken from it and given back to it."""
    control = page.locator(f".st-key-{key}").first
    page.wait_for_timeout(300)  # transitions
    with_focus = control.screenshot()
    page.evaluate("window.focused = document.activeElement; window.focused.blur()")
    page.wait_for_timeout(300)
    without = control.screenshot()
    page.evaluate("window.focused.focus()")
    return with_focus != without


def test_the_way_through_with_the_keyboard_alone(visit):
    """Tab reaches the main controls in the order in which they stand, each with a visible focus; E and X work."""
    page = visit("?sample=2&masker=mean&max_evals=5000")
    button(page, "explain").wait_for()
    idle(page)
    page.mouse.click(700, 20)
    wanted = ["sample-1", "sample-8", "masker", "max_evals", "explain", "erase_rows", "erase"]
    order = []
    for _ in range(80):
        page.keyboard.press("Tab")
        key = page.evaluate(
            """() => document.activeElement.closest("[class*=st-key-]")?.className.match(/st-key-([\\w-]+)/)?.[1]"""
        )
        if key in wanted and key not in order:
            assert looks_focused(page, key), key
        order.append(key)
    places = [order.index(key) for key in wanted]
    assert places == sorted(places)
    page.keyboard.press("e")
    button(page, "cancel").wait_for()
    page.wait_for_timeout(1500)
    page.keyboard.press("x")
    button(page, "cancel").wait_for(state="detached")
