"""The report of a scan without a page: complete, in both languages, and nothing in it is live."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pytest

from crackxai import Box, Cancelled, WallScale
from crackxai.inspection import scan_report as module
from crackxai.inspection.scan_report import scan_report
from crackxai.inspection.scanner import Scanner, scan
from crackxai.model.dataset import resize
from crackxai.texts import LANGUAGES, Texts, catalogue
from tests.fakes import FakeModel
from tests.inspection.pages import Page
from tests.inspection.test_scan import CRACK, SIDE, looks_for_dark, wall
from tests.nasty import HOST, NASTY

TAGS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "h4", "p", "div", "section", "figure", "img",
    "figcaption", "span", "table", "tr", "th", "td", "details", "summary", "pre",
}  # fmt: skip
NIGHT = (slice(750, 1000), slice(0, 1400))


def fake() -> FakeModel:
    return FakeModel(looks_for_dark, lambda photo: resize(photo, SIDE), (SIDE, SIDE))


@pytest.fixture(scope="module")
def cracked():
    """A wall with a crack and, below it, a dark strip; half a millimetre to a pixel."""
    photo = wall(CRACK, NIGHT)
    return photo, scan(fake(), photo, wall_scale=WallScale.of_number(0.5))


@pytest.fixture
def window(cracked, explanation):
    """The explanation of the best finding's tile, written by hand."""
    return dataclasses.replace(explanation, photo_box=cracked[1].findings[0].tile)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_of_a_scan(cracked, window, language):
    photo, found = cracked
    words = catalogue(language)
    page = Page(scan_report(photo, found, [window], Texts(language)))
    assert ("lang", language) in page.attributes
    assert words[f"scan.verdict-{found.verdict}"].format(count=len(found.counted)) in page.text
    assert f"{found.score:.2f}" in page.text
    assert words["report.scan-caution"] in page.text
    assert words["scale.no-width"] in page.text
    assert "**" not in page.text
    facts = (photo.sha256, found.model["fingerprint"], window.values_sha256, words["report.scale-number"])
    assert not [fact for fact in facts if fact not in page.text]
    assert json.loads(page.records[-1]) == json.loads(json.dumps(found.to_record()))
    # Heat, maps laid back, and photo and map of the window.
    assert [max(image.shape) for image in page.images] == [1600, 1600, 480, 480]


def test_a_row_a_finding_with_centimetres(cracked):
    photo, found = cracked
    heads, *rows = Page(scan_report(photo, found)).tables[0]
    assert heads[:2] == ["No.", "Score"]
    assert len(rows) == len(found.findings)
    best = found.findings[0]
    box = best.box
    cm, error = best.length * 0.05, (2 / 12) ** 0.5 * best.tile.height * 0.05
    expected = [
        "1", f"{best.score:.2f}", f"{100 * best.probability:.1f} %", f"{best.length:,.0f}",
        f"{cm:.0f} ± {error:.0f} cm", " ".join(f"{each:g}×" for each in best.scales),
        f"rows {box.top}–{box.bottom}, columns {box.left}–{box.right}",
    ]  # fmt: skip
    assert error > 0.95
    assert rows[0][:7] == expected
    doubted = next(i for i, each in enumerate(found.findings) if "dark" in each.doubts)
    assert catalogue("en")["scan-doubt.dark"] in rows[doubted][7]


def test_without_a_scale_there_are_no_centimetres(cracked):
    photo, found = cracked
    bare = dataclasses.replace(found, wall_scale=None)
    page = Page(scan_report(photo, bare))
    assert not any(row[4] for row in page.tables[0][1:])
    assert catalogue("en")["scale.none"] in page.text
    assert catalogue("en")["report.scale-none"] in page.text


def test_what_was_not_examined_is_listed_by_its_reasons():
    photo = wall((slice(0, 1000), slice(0, 900)))
    blind = FakeModel(lambda images: np.full(len(images), 0.03), fake().prepare, (SIDE, SIDE))
    found = scan(blind, photo)
    dark = sum("dark" in each.doubts for each in found.unexamined)
    assert dark
    table = Page(scan_report(photo, found)).tables[0]
    assert [catalogue("en")["scan-doubt.dark"], str(dark)] in table


def test_a_stopped_scan_says_so():
    photo = wall(CRACK)
    scanner = Scanner(fake(), photo)

    def stop(done: int, total: int) -> None:
        if done >= 50:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        scanner.advance(progress=stop)
    found = scanner.scan()
    page = Page(scan_report(photo, found))
    assert f"Stopped after {found.tiles} of {found.total} tiles" in page.text
    assert [catalogue("en")["report.not-judged"], str(found.total - found.tiles)] in page.tables[1]


def test_windows_of_findings_come_first_and_say_which(cracked, window):
    photo, found = cracked
    own = dataclasses.replace(window, photo_box=Box(10, 210, 20, 220))
    source = scan_report(photo, found, [own, window])
    first, second = source.index("Finding 1, its most cracked tile"), source.index("A part of the photo</h4>")
    assert first < second
    records = [json.loads(each) for each in Page(source).records[:2]]
    assert [each["photo"]["box"] for each in records] == [window.photo_box.as_dict(), own.photo_box.as_dict()]


def test_the_window_shows_its_own_part_of_the_photo(cracked, window):
    photo, found = cracked
    box = Box(440, 560, 300, 420)  # the crack goes through its middle, rows 500 to 506
    part = Page(scan_report(photo, found, [dataclasses.replace(window, photo_box=box)])).images[2].astype(float)
    rows = part.mean(axis=(1, 2))
    assert rows[4 * 61 : 4 * 65].max() < 60 < 120 < rows[: 4 * 55].min()


def test_more_findings_than_the_table_has_rows_for(cracked, monkeypatch):
    photo, found = cracked
    assert len(found.findings) > 1
    monkeypatch.setattr(module, "LISTED", 1)
    page = Page(scan_report(photo, found))
    assert len(page.tables[0]) == 2
    left_out = catalogue("en")["report.findings-left-out"].format(count=len(found.findings) - 1)
    assert left_out in page.text


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_of_a_name_or_a_card_is_live(cracked, window, nasty):
    photo, found = cracked
    photo = dataclasses.replace(photo, name=nasty, format=nasty, notes=(nasty,))
    model = found.model | {"name": nasty, "device": nasty}
    found = dataclasses.replace(found, photo_name=nasty, model=model, versions={nasty: nasty})
    result = dataclasses.replace(window, photo_name=nasty, model_name=nasty, versions={nasty: nasty})
    source = scan_report(photo, found, [result])
    page = Page(source)
    assert page.tags <= TAGS
    for name, value in page.attributes:
        assert not name.startswith("on")
        assert name not in ("src", "href") or re.match(r"data:image/(png|jpeg);base64,", value)
    assert not re.search(rf"url\([^)]*{HOST}|@import", source)
    assert page.text.count(nasty.replace("\r", "")) >= 4  # as it is
    assert json.loads(page.records[-1])["photo"]["name"] == nasty
