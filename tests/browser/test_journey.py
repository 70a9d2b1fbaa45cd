"""Whole journeys as an engineer takes them."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys

import cv2
import numpy as np
import pytest

from tests.browser.conftest import ROOT, Server
from tests.browser.driver import (
    SECONDS,
    button,
    choose_evaluations,
    choose_masker,
    choose_sample,
    download,
    explain,
    finished,
    idle,
    shows_no_trace,
    the_map,
    verdict,
)


def test_from_a_sample_to_files_that_open(visit, chromium, tmp_path, sample_files):
    page = visit()
    choose_sample(page, 1)
    choose_masker(page, "Blur")
    page.get_by_role("slider", name="Blur kernel, pixels").wait_for()
    choose_evaluations(page, 100)
    assert the_map(page).count() == 0  # moving controls starts nothing
    explain(page)
    finished(page)
    assert "all parts together changed the crack probability" in the_map(page).get_attribute("alt")
    record = download(page, "record")
    facts = json.loads(record)
    assert facts["settings"] | {"seed": 0} == {
        "masker": "blur", "blur_kernel": 15, "max_evals": 100, "batch_size": 50, "seed": 0, "regions": "picture",
    }  # fmt: skip
    with np.load(io.BytesIO(download(page, "values"))) as archive:
        assert archive["values"].shape == (150, 150)
        assert float(archive["base_value"]) + archive["values"].sum(dtype=float) == pytest.approx(
            facts["probability"], abs=1e-5
        )
    overlay = cv2.imdecode(np.frombuffer(download(page, "overlay"), np.uint8), cv2.IMREAD_COLOR)
    assert min(overlay.shape[:2]) > 600
    assert shows_no_trace(page)

    # The report opens without a server, shows three pictures, and runs and fetches nothing.
    report = tmp_path / "report.html"
    report.write_bytes(download(page, "report"))
    asked = []
    context = chromium.new_context(java_script_enabled=False)
    offline = context.new_page()
    offline.on("request", lambda request: asked.append(request.url))
    offline.goto(report.as_uri())
    assert offline.locator("img").count() == 3
    assert all(size > 100 for size in offline.locator("img").evaluate_all("all => all.map(i => i.naturalWidth)"))
    assert facts["photo"]["sha256"] in offline.inner_text("body")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert "<script" not in report.read_text("utf-8")
    context.close()

    # And the record can be checked by anybody who has the photo.
    (tmp_path / "record.json").write_bytes(record)
    done = subprocess.run(
        [sys.executable, "-m", "crackxai", "verify", str(tmp_path / "record.json"), str(sample_files[0])],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("identical")


def test_the_map_sharpens_can_be_stopped_gone_on_with_and_read_back(visit):
    page = visit("?sample=3&max_evals=5000")
    verdict(page).wait_for()
    idle(page)
    explain(page)
    seen: set[str] = set()
    the_map(page).first.wait_for()
    for _ in range(200):
        seen.add(the_map(page).first.get_attribute("src"))
        if len(seen) >= 3:
            break
        page.wait_for_timeout(200)
    assert len(seen) >= 3
    page.get_by_text(re.compile(r"of 5,000 evaluations, \d+ evaluations/s, about")).first.wait_for()
    # Elsewhere on the page it goes on.
    choose_masker(page, "Blur")
    choose_masker(page, "Telea")
    assert button(page, "explain").is_disabled()
    button(page, "cancel").click()
    finished(page)
    page.get_by_text(re.compile(r"Stopped at \d+ of 5,000 evaluations")).wait_for()
    stopped_at = int(re.search(r"Stopped at (\d+)", page.inner_text("body"))[1])
    # Reading back, by keyboard, at once.
    before = the_map(page).first.get_attribute("src")
    thumb = page.get_by_role("slider", name="Read the map at max_evals")
    thumb.focus()
    thumb.press("Home")
    page.wait_for_function(
        "([now, was]) => document.querySelector(now)?.src !== was", arg=["img[alt^='SHAP map']", before]
    )
    page.get_by_text(re.compile(r"Telea \(follows the picture\)\. 50 evaluations in")).wait_for()
    # Going on: only what is new is computed.
    target = next(n for n in (300, 500, 750, 1000, 1500, 2000, 3000) if n > stopped_at)
    choose_evaluations(page, target)
    explain(page)
    finished(page)
    page.get_by_text(re.compile(rf"Telea \(follows the picture\)\. {target:,} evaluations in")).wait_for()
    assert shows_no_trace(page)


def test_photos_by_chooser_and_by_drop_with_a_bad_one_among_them(visit, sample_files, tmp_path):
    page = visit()
    bad = tmp_path / "holiday.jpg"
    bad.write_text("not a photo")
    chooser = page.locator("input[type=file]").first
    chooser.set_input_files([str(sample_files[1]), str(bad), str(sample_files[0])])
    alert = page.get_by_role("alert").filter(has_text="holiday")
    alert.wait_for()
    assert "expected" in alert.inner_text()
    verdict(page).wait_for()
    idle(page)
    assert verdict(page).inner_text().startswith("▲ Crack")  # the most suspicious one first
    assert page.get_by_role("img", name="The photo sample-02.png").count() == 1

    data = sample_files[2].read_bytes()
    transfer = page.evaluate_handle(
        """bytes => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "dropped.png", {type: "image/png"}));
            return transfer;
        }""",
        list(data),
    )
    page.locator("[data-testid=stFileUploaderDropzone]").dispatch_event("drop", {"dataTransfer": transfer})
    page.get_by_role("img", name="The photo dropped.png").first.wait_for()
    idle(page)
    assert button(page, "item-2").count() == 1  # three in the strip
    # Through them with the keyboard.
    page.locator("body").press("n")
    idle(page)
    page.locator("body").press("p")
    idle(page)
    assert shows_no_trace(page)


def test_erase_and_ask_again_with_the_mouse(visit):
    page = visit("?sample=3&masker=mean")
    verdict(page).wait_for()
    idle(page)
    picture = page.get_by_role("img", name=re.compile("^The photo with a frame"))
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    page.mouse.move(box["x"] + 2, box["y"] + 0.42 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 0.74 * box["height"], steps=6)
    page.mouse.up()
    page.get_by_role(
        "img", name=re.compile(r"^The photo with a frame from 4[123] to 7[345] %.* [01] to (99|100) %")
    ).wait_for()
    idle(page)
    button(page, "erase").click()
    page.get_by_text("The verdict changes:").wait_for()
    page.get_by_role("img", name="The photo as the network saw it, with the marked part filled in").wait_for()
    assert shows_no_trace(page)


def test_compare_fills_in_as_it_comes(visit):
    page = visit("compare?sample=3")
    button(page, "compare").wait_for()
    idle(page)
    thumb = page.locator(".st-key-compare-budget").get_by_role("slider")
    thumb.focus()
    thumb.press("Home")
    idle(page)
    button(page, "compare").click()
    the_map(page).first.wait_for()
    page.get_by_text("Do they agree?").wait_for()
    page.locator(".st-key-cancel-4").wait_for(state="detached")
    idle(page)
    assert the_map(page).count() == 4
    page.get_by_text(re.compile(r"\d+ % of all that the maps show lies where")).wait_for()
    assert shows_no_trace(page)


def test_language_link_and_back_button(visit):
    page = visit("?sample=2&masker=blur&blur_kernel=31&max_evals=750", locale="zh-TW")
    heading = page.get_by_role("heading", name=re.compile("無裂縫 · "))
    heading.wait_for()
    idle(page)
    page.wait_for_function("document.documentElement.lang === 'zh-Hant'")
    assert "lang=zh-Hant" in page.url
    page.locator(".st-key-language").get_by_text("English").click()
    page.get_by_role("heading", name=re.compile("No crack · ")).wait_for()
    idle(page)
    assert {"sample=2", "masker=blur", "blur_kernel=31", "max_evals=750", "lang=en"} <= set(
        page.url.split("?")[1].split("&")
    )
    # Another page and back: everything is as it was.
    page.get_by_role("link", name="Model").click()
    page.get_by_role("heading", name="Threshold and review band").wait_for()
    idle(page)
    page.go_back()
    page.get_by_role("heading", name=re.compile("No crack · ")).wait_for()
    idle(page)
    assert page.get_by_role("slider", name="Blur kernel, pixels").input_value() == "31"
    # The pasted address gives the same in a new window.
    other = visit(page.url.split("/", 3)[3])
    other.get_by_role("heading", name=re.compile("No crack · ")).wait_for()
    idle(other)
    assert other.get_by_role("slider", name="Blur kernel, pixels").input_value() == "31"
    # And one that asks in vain says so.
    wrong = visit("?masker=fog&lang=en")
    wrong.get_by_text(re.compile("The address asked for masker = “fog”")).wait_for()


def test_two_engineers_at_once_each_get_their_own(visit):
    first, second = visit(), visit()
    choose_sample(first, 5)
    choose_sample(second, 6)
    for page in (first, second):
        choose_evaluations(page, 200)
        explain(page)
    for page in (first, second):
        finished(page)
    names = [json.loads(download(page, "record"))["photo"]["name"] for page in (first, second)]
    assert names == ["sample-05.png", "sample-06.png"]


def test_leaving_the_page_does_not_stop_a_run_but_closing_the_tab_does(visit):
    first, second = visit("?sample=7&max_evals=20000"), visit("?sample=4&masker=mean&max_evals=50")
    for page in (first, second):
        verdict(page).wait_for()
        idle(page)
    explain(first)
    the_map(first).first.wait_for()
    first.get_by_role("link", name="Guide").click()
    first.get_by_role("heading", name="How to read a map").wait_for()
    progress = first.get_by_text(re.compile(r"sample-07.*of 20,000 evaluations, \d+ evaluations/s"))
    progress.wait_for()
    explain(second)
    second.get_by_text(re.compile(r"waiting, 1 ahead in the queue; about \d+")).first.wait_for()
    first.context.close()
    the_map(second).first.wait_for(timeout=60 * SECONDS)
    finished(second)


def test_a_server_that_was_restarted_under_an_open_page(visit, tmp_path):
    own = Server(tmp_path / "log.txt")
    own.start()
    page = visit("?sample=1&masker=mean&max_evals=50", address=own.address)
    verdict(page).wait_for()
    idle(page)
    own.stop()
    page.wait_for_timeout(1000)
    own.start()
    try:
        # The page comes back by itself, with what stands in its address.
        page.get_by_role("heading", name=re.compile("Crack · ")).wait_for()
        page.wait_for_timeout(3000)
        idle(page)
        explain(page)
        finished(page)
        assert the_map(page).count() >= 1
    finally:
        page.context.close()
        own.stop()


def test_what_a_map_is_worth_stands_in_one_view_with_what_is_tuned(visit):
    page = visit("?lang=en&sample=3&masker=mean&max_evals=50")
    page.set_viewport_size({"width": 1366, "height": 768})
    explain(page)
    finished(page)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    for part in (".st-key-verdict h2", ".st-key-methods", ".st-key-explain", ".st-key-worth"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] >= 0, part
        assert box["y"] + box["height"] <= 768, part
