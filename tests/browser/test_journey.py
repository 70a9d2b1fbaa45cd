"""Whole journeys as an engineer takes them."""

from __future__ import annotations

import io
import json
import re

import cv2
import numpy as np
import pytest

SECONDS = 1000


def settled(page) -> None:
    """Until the server has answered the last click."""
    page.wait_for_timeout(300)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def choose_sample(page, number: int) -> None:
    page.get_by_role("button", name=f"Sample {number}", exact=True).click()
    verdict(page).wait_for()
    settled(page)


def verdict(page):
    return page.get_by_role("heading", name=re.compile(r"(No crack|Crack) · crack probability .*%"))


def choose_evaluations(page, count: int) -> None:
    """By keyboard: the slider's first stop is 50, the second 100 ..."""
    thumb = page.get_by_role("slider", name="Model evaluations (max_evals)")
    thumb.focus()
    thumb.press("Home")
    stops = (50, 100, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 5000)
    for _ in range(stops.index(count)):
        thumb.press("ArrowRight")
    settled(page)


def explain(page) -> None:
    page.get_by_role("button", name="Explain", exact=True).click()


def the_map(page):
    return page.get_by_role("img", name=re.compile("^SHAP map with"))


def download(page, name: str) -> bytes:
    with page.expect_download() as caught:
        page.get_by_role("button", name=name).click()
    with open(caught.value.path(), "rb") as file:
        return file.read()


def shows_no_trace(page) -> bool:
    return not page.locator("[data-testid=stException]").count() and "Traceback" not in page.inner_text("body")


def fits(page) -> bool:
    """No sideways scrolling."""
    return page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth")


def test_from_a_sample_to_a_downloaded_map(visit):
    page = visit()
    choose_sample(page, 1)
    page.get_by_role("radio", name="Blur").or_(page.get_by_role("button", name="Blur")).first.click()
    page.get_by_role("slider", name="Blur kernel, pixels").wait_for()
    choose_evaluations(page, 100)
    assert the_map(page).count() == 0  # moving controls starts nothing
    explain(page)
    the_map(page).wait_for()
    settled(page)
    assert re.search(r"raised the crack probability most, by -?\d+ points", the_map(page).get_attribute("alt"))
    record = json.loads(download(page, "Record (JSON)"))
    assert record["settings"] | {"seed": 0} == {
        "masker": "blur", "blur_kernel": 15, "max_evals": 100, "batch_size": 50, "seed": 0,
    }  # fmt: skip
    with np.load(io.BytesIO(download(page, "Values (NPZ)"))) as archive:
        assert archive["values"].shape == (150, 150)
        assert float(archive["base_value"]) + archive["values"].sum(dtype=float) == pytest.approx(
            record["probability"], abs=1e-5
        )
    figure = cv2.imdecode(np.frombuffer(download(page, "Figure (PNG)"), np.uint8), cv2.IMREAD_COLOR)
    assert min(figure.shape[:2]) > 300
    assert shows_no_trace(page)


def test_an_uploaded_photo_and_a_bad_one_after_it(visit, sample_files, tmp_path):
    page = visit()
    chooser = page.locator("input[type=file]").first
    chooser.set_input_files(str(sample_files[1]))
    verdict(page).wait_for()
    before = verdict(page).inner_text()
    bad = tmp_path / "holiday.jpg"
    bad.write_text("not a photo")
    settled(page)
    chooser.set_input_files(str(bad))
    alert = page.get_by_role("alert").filter(has_text="holiday.jpg")
    alert.wait_for()
    assert "expected" in alert.inner_text()
    assert verdict(page).inner_text() == before
    assert shows_no_trace(page)


def test_cancel_while_it_runs_then_a_shorter_one(visit):
    page = visit()
    choose_sample(page, 3)
    choose_evaluations(page, 5000)
    explain(page)
    page.get_by_role("img", name="The map so far").wait_for()
    page.get_by_text(re.compile(r"of 5,000 evaluations, about")).wait_for()
    assert page.get_by_role("button", name="Explain", exact=True).is_disabled()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel").wait_for(state="detached", timeout=20 * SECONDS)
    page.get_by_text(re.compile(r"Stopped at \d+ of 5,000 evaluations")).wait_for()
    the_map(page).wait_for()
    choose_evaluations(page, 50)
    explain(page)
    page.get_by_text(re.compile("Stopped at")).wait_for(state="detached")
    the_map(page).wait_for()
    assert shows_no_trace(page)


def test_two_engineers_at_once_each_get_their_own(visit):
    first, second = visit(), visit()
    choose_sample(first, 5)
    choose_sample(second, 6)
    for page in (first, second):
        choose_evaluations(page, 100)
        explain(page)
    for page in (first, second):
        the_map(page).wait_for()
        settled(page)
    names = [json.loads(download(page, "Record (JSON)"))["photo"]["name"] for page in (first, second)]
    assert names == ["sample-05.png", "sample-06.png"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_it_fits_laptop_and_phone_in_both_themes(visit, width, height, scheme):
    page = visit(width, height, scheme)
    assert fits(page)
    choose_sample(page, 2)
    choose_evaluations(page, 50)
    explain(page)
    the_map(page).wait_for()
    settled(page)
    assert fits(page)
    background = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    brightness = sum(int(part) for part in re.findall(r"\d+", background)[:3]) / 3
    assert (brightness < 64) == (scheme == "dark")
    assert page.evaluate("[...document.images].filter(i => i.width > 16 && !i.alt).length") == 0
