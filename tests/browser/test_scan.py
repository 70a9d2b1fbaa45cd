"""A large photo in a real browser: scanned, zoomed into, and windows of it opened with mouse and keyboard."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pytest

from crackxai.render import png
from crackxai.samples import draw_samples
from tests.browser.driver import button, explain, finished, fits, idle, shows_no_trace
from tests.browser.test_looks import grave_faults_that_stay


def photo(folder, width: int, height: int) -> str:
    """Path of a wall of drawn concrete with a crack drawn across its middle."""
    tile = next(sample.rgb for sample in draw_samples(2, 0) if not sample.cracked)
    row = np.hstack([tile, tile[:, ::-1]] * (1 + width // (2 * tile.shape[1])))
    rgb = np.vstack([row, row[::-1]] * (1 + height // (2 * row.shape[0])))[:height, :width].copy()
    x = np.linspace(0.1 * width, 0.9 * width, 60)
    y = height / 2 + np.cumsum(np.random.default_rng(0).normal(0, height / 200, 60))
    cv2.polylines(rgb, [np.stack([x, y], axis=1).round().astype(np.int32)], False, (40, 38, 36), 4, cv2.LINE_AA)
    path = folder / f"wall-{width}.png"
    path.write_bytes(png(rgb))
    return str(path)


@pytest.fixture(scope="module")
def small_wall(tmp_path_factory) -> str:
    return photo(tmp_path_factory.mktemp("walls"), 900, 720)


@pytest.fixture(scope="module")
def large_wall(tmp_path_factory) -> str:
    return photo(tmp_path_factory.mktemp("walls"), 2000, 1500)


def upload(page, path: str) -> None:
    page.locator("input[type=file]").first.set_input_files(path)
    page.locator(".st-key-scan").wait_for()


def scanned(page) -> None:
    page.get_by_text(re.compile(r"tiles judged in|內判定了")).wait_for()
    idle(page)


def frame(page):
    return page.locator(".st-key-scan .frame")


def shown_scale(page) -> float:
    """Percent of the photo's full size."""
    return float(re.search(r"([\d.]+) %", page.locator(".st-key-scan .note").inner_text())[1])


def in_view(page, box) -> bool:
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def test_from_the_photo_to_the_map_of_a_finding_and_back_into_the_photo(visit, small_wall):
    page = visit("?lang=en&masker=mean&max_evals=100")
    upload(page, small_wall)
    scanned(page)
    # Verdict and photo with its heat stand in one view, without scrolling.
    page.wait_for_timeout(3000)  # the page moves to it by itself
    assert in_view(page, frame(page).bounding_box())
    assert in_view(page, page.locator(".st-key-scan-verdict h2").bounding_box())
    page.locator(".st-key-scan .boxes button").first.click()
    page.locator(".st-key-opened").get_by_text("Finding 1, its most cracked tile").wait_for()
    idle(page)
    assert page.locator(".st-key-scan .boxes button.opened").count() == 1
    explain(page)
    finished(page)
    page.get_by_role("radio", name="Maps", exact=True).or_(
        page.get_by_role("button", name="Maps", exact=True)
    ).first.click()
    page.locator(".st-key-scan .layer.rimmed").wait_for()
    # Verdict, photo with its map and the settings of it: one view as well.
    page.locator(".st-key-opened").scroll_into_view_if_needed()
    overlay = page.get_by_role("img", name="Map over the photo").first
    top, bottom = overlay.bounding_box(), button(page, "explain").bounding_box()
    assert max(top["y"] + top["height"], bottom["y"] + bottom["height"]) - top["y"] < page.viewport_size["height"]
    button(page, "scan-back").click()
    page.get_by_role("heading", name="The whole photo at once").wait_for()
    assert shows_no_trace(page)


def test_zoom_pan_and_a_window_of_ones_own(visit, large_wall):
    page = visit("?lang=en")
    upload(page, large_wall)
    button(page, "scan-stop").click()
    page.get_by_text(re.compile(r"Stopped after \d+ of \d+ tiles")).wait_for()
    idle(page)
    whole = shown_scale(page)
    frame(page).focus()
    for _ in range(5):
        page.keyboard.press("+")
    assert shown_scale(page) > 5 * whole
    # Full resolution comes after it.
    page.locator(".st-key-scan .detail:not([hidden])").wait_for()
    page.keyboard.press("ArrowRight")
    idle(page)
    page.keyboard.press("0")
    assert shown_scale(page) == whole
    box = frame(page).bounding_box()
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.75 * box["height"], steps=5)
    page.mouse.up()
    page.keyboard.up("Shift")
    page.locator(".st-key-opened").get_by_text("A part of the photo").wait_for()
    told = page.get_by_text(re.compile(r"rows \d+ to \d+, columns \d+ to \d+")).first.inner_text()
    top, bottom, left, right = map(int, re.search(r"rows (\d+) to (\d+), columns (\d+) to (\d+)", told).groups())
    assert abs(top - 750) < 20
    assert abs(bottom - 1125) < 20
    assert abs(left - 500) < 20
    assert abs(right - 1000) < 20
    button(page, "scan-go-on").click()
    button(page, "scan-stop").wait_for()
    button(page, "scan-stop").click()
    page.get_by_text(re.compile(r"Stopped after \d+ of \d+ tiles")).wait_for()


def test_a_length_that_is_drawn_gives_centimetres(visit, small_wall):
    page = visit("?lang=en")
    upload(page, small_wall)
    scanned(page)
    page.locator(".st-key-scan .bar .measure").click()
    box = frame(page).bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.25 * box["height"], steps=5)
    page.mouse.up()
    # The panel opens by itself and asks how long it is: half of 900 pixels.
    told = page.get_by_text(re.compile(r"The drawn line is \d+ pixels long"))
    told.wait_for()
    pixels = int(re.search(r"\d+", told.inner_text())[0])
    assert abs(pixels - 450) <= 5
    assert page.locator(".st-key-opened").get_by_text("A part of the photo").count() == 0  # no window was marked
    field = page.get_by_label("Its length on the wall, mm", exact=True)
    field.fill("450")
    field.press("Enter")
    idle(page)
    button(page, "scale-apply").click()
    page.get_by_text("A drawn length of 450 mm").wait_for()
    idle(page)
    assert page.get_by_role("button", name=re.compile(r"\d+ ± \d+ cm long")).count() >= 1
    line = page.locator(".st-key-scan .line line").first
    assert abs(float(line.get_attribute("x2")) - float(line.get_attribute("x1")) - pixels) < 1.5
    assert shows_no_trace(page)


@pytest.mark.parametrize(
    ("language", "size", "scheme"),
    [("en", (1366, 768), "light"), ("zh-Hant", (390, 844), "dark")],
    ids=["laptop", "phone"],
)
def test_a_scan_fits_and_has_no_serious_fault_of_access(visit, small_wall, language, size, scheme):
    page = visit(f"?lang={language}", *size, scheme)
    upload(page, small_wall)
    scanned(page)
    assert fits(page)
    assert not grave_faults_that_stay(page)
    assert frame(page).bounding_box()["width"] <= size[0]
