"""The report without a page: complete, in two languages, and nothing in it is live."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from crackxai import Verdict
from crackxai.explain.sliding_occlusion import OcclusionSettings
from crackxai.inspection.pictures import Look
from crackxai.inspection.report import report
from crackxai.model.quality import QualityIssue
from crackxai.photo import Box
from crackxai.texts import LANGUAGES, Texts, catalogue
from tests.inspection.pages import Page
from tests.nasty import HOST, NASTY

BURNT = Verdict(0.97, 0.5, 0.4, (QualityIssue("burnt", 0.31, 0.2),))
TAGS = {
    "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "figure", "img", "figcaption", "span",
    "table", "tr", "th", "td", "details", "summary", "pre",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_from_python(photo, explanation, language):
    page = Page(report(photo, explanation, BURNT, Texts(language)))
    words = catalogue(language)
    assert f"{words['verdict.review']} · 97.0 %" in page.text
    assert words["quality.burnt"].format(measured="31", limit="20").replace("**", "") in page.text
    assert words["report.caution"] in page.text
    assert "**" not in page.text
    for fact in (photo.sha256, explanation.values_sha256, explanation.model_fingerprint, "0.51.0"):
        assert fact in page.text
    assert [value[:22] for name, value in page.attributes if name == "src"] == ["data:image/png;base64,"] * 3
    record = json.loads(page.records[0])
    assert record["verdict"] == BURNT.to_record()
    assert record["photo"]["sha256"] == explanation.photo_sha256
    assert ("lang", language) in page.attributes


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_of_a_window_tells_where_it_lies(photo, explanation, language):
    title = catalogue(language)["report.window"]
    place = catalogue(language)["report.window-words"].format(top=10, bottom=110, left=20, right=220)
    window = Page(report(photo.window(Box(10, 110, 20, 220)), explanation, BURNT, Texts(language)))
    assert title in window.text
    assert place in window.text
    assert title not in Page(report(photo, explanation, BURNT, Texts(language))).text


def test_the_look_shapes_the_pictures(photo, explanation):
    def pictures(look):
        page = Page(report(photo, explanation, BURNT, look=look))
        return [value for name, value in page.attributes if name == "src"]

    usual, contours = pictures(Look()), pictures(Look(contours=True, palette="orange-purple"))
    assert usual[0] == contours[0]
    assert usual[1] != contours[1]
    assert usual[2] != contours[2]


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_of_a_name_or_a_card_is_live(photo, explanation, nasty):
    result = dataclasses.replace(explanation, model_name=nasty, photo_name=nasty, device=nasty, versions={nasty: nasty})
    source = report(dataclasses.replace(photo, name=nasty, format=nasty, notes=(nasty,)), result, BURNT)
    page = Page(source)
    assert page.tags <= TAGS
    assert page.tags == Page(report(photo, explanation, BURNT)).tags | {"p"}
    for name, value in page.attributes:
        assert not name.startswith("on")
        assert name not in ("src", "href") or value.startswith("data:image/png;base64,")
    assert not re.search(rf"url\([^)]*{HOST}|@import", source)
    # It is all there, as it is.
    assert page.text.count(nasty.replace("\r", "")) >= 4
    assert json.loads(page.records[0])["photo"]["name"] == nasty


def test_the_report_of_values_that_do_not_add_up(photo, explanation):
    """No SHAP is spoken of, and the sum is told for what it is: 0.40625 less than shown is 0.4375 - 0.09375."""
    occluded = dataclasses.replace(explanation, settings=OcclusionSettings("mean"))
    page = Page(report(photo, occluded, BURNT))
    shown = page.text.split(catalogue("en")["report.record"])[0]
    assert "SHAP" not in shown
    assert "Map: Occlusion" in shown
    assert "Occlusion, crack probability per pixel" in shown
    assert "it need not be the difference of the two probabilities, +34.4 points" in shown
