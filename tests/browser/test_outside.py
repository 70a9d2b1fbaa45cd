"""What comes from outside, in a real browser: nasty names and addresses, foreign parameters, and where the focus is."""

from __future__ import annotations

import re
import urllib.parse

import cv2
import numpy as np
import pytest

from crackxai.samples import draw_samples
from tests.browser.conftest import Server
from tests.browser.driver import button, choose_sample, finished, idle, shows_no_trace, the_map, verdict
from tests.nasty import HOST, NASTY

LIVE = "img, a, iframe, script, strong, em, del, code, h1, .katex, [class*=katex], [data-testid=stIconMaterial]"


def live(page) -> list[str]:
    """What on the page names the foreign host in an attribute, or stands within a name as more than text."""
    return page.evaluate(
        """([host]) => [...document.querySelectorAll('*')]
            .filter((element) => [...element.attributes].some(
                ({name, value}) => ['src', 'href', 'srcset', 'style', 'action'].includes(name) && value.includes(host)))
            .map((element) => element.outerHTML.slice(0, 300))""",
        [HOST],
    )


def alerts(page) -> list[tuple[str, str]]:
    """Text and elements of each alert, without its icon."""
    return [
        (alert.inner_text(), alert.locator(LIVE).evaluate_all("all => all.map(one => one.outerHTML)"))
        for alert in page.locator("[data-testid=stAlertContainer] [data-testid=stMarkdownContainer]").all()
    ]


def test_nasty_addresses_are_shown_and_fetch_nothing(visit):
    # `visit` itself fails where a request leaves for another host.
    for value in NASTY:
        page = visit("?" + urllib.parse.urlencode({"sample": value[:40], "masker": value[:40]}))
        told = [(text, elements) for text, elements in alerts(page) if "The address asked for" in text]
        assert len(told) == 2
        for text, elements in told:
            assert not elements
            assert " ".join(value[:40].split()) in text.replace("\N{WORD JOINER}", "")
        assert not live(page)
        page.context.close()


def test_nasty_names_are_shown_and_fetch_nothing(visit):
    (sample,) = draw_samples(1, seed=5)
    page = visit()
    data = [cv2.imencode(".png", np.roll(sample.rgb, n, axis=0))[1].tobytes() for n in range(len(NASTY))]
    files = [
        {"name": f"{name}.png", "mimeType": "image/png", "buffer": data[n] if n % 2 else b"no photo"}
        for n, name in enumerate(NASTY)
    ]
    page.locator("input[type=file]").set_input_files(files)
    button(page, "dismiss").wait_for()
    idle(page)
    refused = (
        page.locator("[data-testid=stAlertContainer]")
        .filter(has_text="no photo")
        .or_(page.locator("[data-testid=stAlertContainer]").filter(has_text="received 8 bytes"))
    )
    lines = refused.first.locator("li")
    assert lines.count() == len(NASTY[::2])
    assert not lines.locator(LIVE).count()
    for name, line in zip(NASTY[::2], lines.all(), strict=True):
        # Chromium sends a quotation mark as %22.
        assert " ".join(name.split()).replace('"', "%22") in line.inner_text().replace("\N{WORD JOINER}", "")
    for n in range(len(NASTY) // 2):
        button(page, f"item-{n}").hover()
        page.wait_for_timeout(400)
        assert not live(page)
        button(page, f"item-{n}").click()
        idle(page)
        assert not live(page)
        captions = page.locator("[data-testid=stCaptionContainer]").filter(has_text="480 × 480 PNG")
        assert not captions.first.locator(LIVE).count()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("heading", name="Compare").wait_for()
    idle(page)
    page.locator("[data-testid=stSelectbox]").click()
    page.wait_for_timeout(500)
    assert not live(page)
    assert shows_no_trace(page)


@pytest.mark.parametrize("path", ["", "compare", "inspection", "disagreements", "model", "guide"])
def test_the_parameters_of_others_are_kept(visit, path):
    page = visit(f"{path}?embed=true&utm=a+b%26c&sample=3&ref&x=%3C/script%3E#part")
    page.wait_for_function("location.search.includes('lang=')")
    idle(page)
    parts = page.evaluate("location.search").removeprefix("?").split("&")
    others = [part for part in parts if part.split("=")[0] in ("embed", "utm", "ref", "x")]
    assert others == ["embed=true", "utm=a+b%26c", "ref", "x=%3C/script%3E"]
    assert parts.count("sample=3") == 1
    assert page.evaluate("location.hash") == "#part"


def focused(page) -> str:
    """The key of the widget that has the focus."""
    return page.evaluate(
        """() => {
            const widget = document.activeElement.closest('[class*=st-key-]');
            return widget ? [...widget.classList].find((name) => name.startsWith('st-key-')).slice(7) : '';
        }"""
    )


def enter_on(page, key: str) -> None:
    button(page, key).focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    idle(page)


def test_the_focus_stays_after_enter(visit):
    page = visit("?masker=mean&max_evals=50")
    enter_on(page, "sample-2")
    verdict(page).wait_for()
    idle(page)
    assert focused(page) == "sample-2"
    enter_on(page, "sample-4")
    assert focused(page) == "sample-4"
    enter_on(page, "explain")
    finished(page)
    the_map(page).first.wait_for()
    assert focused(page) == "explain"
    enter_on(page, "strongest")
    assert focused(page) == "strongest"
    enter_on(page, "erase")
    assert focused(page) == "erase"


def test_the_focus_stays_in_the_strip(visit):
    page = visit()
    files = [
        {"name": f"{sample.name}.png", "mimeType": "image/png", "buffer": cv2.imencode(".png", sample.rgb)[1].tobytes()}
        for sample in draw_samples(3, seed=5)
    ]
    page.locator("input[type=file]").set_input_files(files)
    verdict(page).wait_for()
    idle(page)
    for key in ("item-2", "item-0", "next"):
        enter_on(page, key)
        assert focused(page) == key
    choose_sample(page, 1)
    assert re.search("sample=1", page.url)


def test_who_comes_first_by_an_address_of_a_page_gets_the_whole_app(visit, tmp_path):
    """Nobody was on the first page of this server before."""
    with Server(tmp_path / "log.txt") as fresh:
        page = visit("model", address=fresh.address)
        links = page.get_by_test_id("stSidebarNavLink")
        assert [text.split()[-1] for text in links.all_inner_texts()] == [
            "Photo",
            "Compare",
            "Inspection",
            "Disagreements",
            "Model",
            "Guide",
        ]
        assert page.get_by_test_id("stSidebarLogo").count() == 1
