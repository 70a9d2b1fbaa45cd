"""Many photos at once, and a phone's small screen."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from tests.browser.driver import button, fits, idle, shows_no_trace, verdict

COUNT = 60


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> list[str]:
    """Paths of small photos, each another."""
    folder, rng = tmp_path_factory.mktemp("many"), np.random.default_rng(0)
    paths = []
    for number in range(COUNT):
        grey = rng.integers(90 + number, 130 + number, (160, 160, 1), dtype=np.uint8)
        out = io.BytesIO()
        Image.fromarray(np.repeat(grey, 3, axis=2)).save(out, "JPEG", quality=60)
        path = folder / f"bay-{number:02d}.jpg"
        path.write_bytes(out.getvalue())
        paths.append(str(path))
    return paths


def counted(page) -> int:
    """Photos in the label of the overview, over all verdicts."""
    return sum(map(int, re.findall(r"\d+", page.locator(".st-key-overview summary").inner_text())))


def table(page):
    return page.locator(".st-key-overview [data-testid=stDataFrame] canvas").first


def mark(page, *rows: int) -> None:
    """Select rows of the table by mouse."""
    for row in rows:
        box = table(page).bounding_box()
        page.mouse.click(box["x"] + 15, box["y"] + 36 + 32 * row + 16)
        idle(page)


def test_sixty_photos_are_overlooked_jumped_to_and_removed_together(visit, many):
    page = visit("?lang=en", height=900)
    page.locator("input[type=file]").first.set_input_files(many)
    page.locator(".st-key-overview").wait_for()
    idle(page)
    assert counted(page) == COUNT
    page.locator(".st-key-overview summary").click()
    table(page).wait_for()
    idle(page)
    # Jump by a part of the name, with the keyboard.
    box = page.get_by_role("combobox", name="Jump to a photo")
    box.fill("bay-37")
    page.get_by_role("option", name="bay-37.jpg").wait_for()
    box.press("Enter")
    page.locator("[data-testid=stImage] img[alt='The photo bay-37.jpg']").first.wait_for()
    page.get_by_text("bay-37.jpg · 160 × 160 JPEG").wait_for()
    idle(page)
    # Several go at once.
    mark(page, 0, 2, 5)
    button(page, "overview-remove").click()
    page.get_by_text("3 removed.").wait_for()
    idle(page)
    assert counted(page) == COUNT - 3
    # With the keyboard alone, too.
    table(page).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    page.get_by_role("button", name="Remove 1 selected").first.wait_for()
    idle(page)
    button(page, "overview-remove").click()
    page.get_by_text("1 removed.").wait_for()
    idle(page)
    assert counted(page) == COUNT - 4
    # Only one kind of verdict: every row of it can go, and the others stay.
    kinds = page.locator(".st-key-overview-kinds button")
    shown = int(re.search(r"\d+$", kinds.first.inner_text())[0])
    kinds.first.click()
    idle(page)
    mark(page, -1)  # the heading's box: all
    page.get_by_role("button", name=f"Remove {shown} selected").first.wait_for()
    assert shows_no_trace(page)


def test_on_a_phone_the_verdict_is_in_view_after_an_upload(visit, many):
    page = visit("?lang=en", width=390, height=844, has_touch=True)
    heading = page.locator(".st-key-verdict h2").first

    def in_view() -> bool:
        box = heading.bounding_box()
        return 0 < box["y"] < 844 - box["height"]

    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    for files, name in ((many[:1], "bay-00.jpg"), (many[1:4], None)):
        page.locator("input[type=file]").first.set_input_files(files)
        verdict(page).wait_for()
        if name:
            page.get_by_text(f"{name} · 160 × 160 JPEG").wait_for()
        page.wait_for_timeout(3500)
        idle(page)
        assert in_view()
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    # A tap on a sample brings its verdict into view as well.
    button(page, "sample-3").click()
    page.get_by_text("sample-03.png").first.wait_for()
    page.wait_for_timeout(3500)
    idle(page)
    assert in_view()
    assert fits(page)
