"""The verdict's rule by hand, and on real photos."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crackxai import ModelError, SettingsError, Verdict, judge, read_photo
from crackxai.model.calibration import DEFAULT_BAND
from crackxai.model.classifier import load_model
from crackxai.model.decision import judge_looks, look, within_band
from crackxai.model.quality import SENTENCES, QualityIssue
from crackxai.render import png
from tests import tiny

DARK = QualityIssue("dark", 31.0, 55)
UNLIKE = QualityIssue("unlike", 9.5, 6.25, "fine detail", (3.0, 1.5, 0.25))


@pytest.mark.parametrize(
    ("probability", "threshold", "band", "kind"),
    [
        (0.91, 0.5, 0.4, "crack"),
        (0.09, 0.5, 0.4, "no-crack"),
        (0.9, 0.5, 0.4, "crack"),  # the band is open
        (0.899, 0.5, 0.4, "review"),
        (0.5, 0.5, 0.0, "crack"),  # at the threshold a photo counts as cracked
        (0.4999, 0.5, 0.0, "no-crack"),
        (1.0, 0.5, 0.49, "crack"),
        (0.0, 0.5, 0.49, "no-crack"),
        (0.3, 0.2, 0.05, "crack"),
    ],
)
def test_the_rule(probability, threshold, band, kind):
    assert Verdict(probability, threshold, band).kind == kind


@pytest.mark.parametrize("probability", [0.0, 0.01, 0.5, 0.99, 1.0])
def test_a_doubted_photo_needs_review_whatever_its_probability(probability):
    found = Verdict(probability, 0.5, 0.4, (DARK,))
    assert found.kind == "review"
    assert found.by_probability == Verdict(probability, 0.5, 0.4).kind


@pytest.mark.parametrize("probability", [np.nan, np.inf, -0.001, 1.001])
def test_what_is_no_probability_gets_no_verdict(probability):
    with pytest.raises(ModelError, match="expected a probability of 0 to 1"):
        Verdict(probability, 0.5)


@pytest.mark.parametrize(("threshold", "band"), [(0, 0.1), (1, 0.1), (np.nan, 0.1), (0.5, -0.1), (0.5, np.nan)])
def test_a_rule_out_of_range(threshold, band, tiny_model, photo):
    with pytest.raises(SettingsError, match="threshold within 0 to 1"):
        Verdict(0.5, threshold, band)
    with pytest.raises(SettingsError, match="threshold within 0 to 1"):
        judge(tiny_model, photo, threshold, band)


def test_within_the_band():
    np.testing.assert_array_equal(
        within_band(np.array([0.2, 0.25, 0.26, 0.75]), 0.5, 0.25), [False, False, True, False]
    )
    assert not within_band(0.5, 0.5, 0)


def test_under_another_rule():
    found = Verdict(0.7, 0.5, 0.4, (DARK,)).under(0.6, 0.05)
    assert (found.threshold, found.band, found.doubts, found.by_probability) == (0.6, 0.05, (DARK,), "crack")


def test_judging_a_photo(tiny_model, photo):
    found = judge(tiny_model, photo)
    assert found.probability == tiny_model.predict(tiny_model.prepare(photo)[None])[0]
    assert (found.threshold, found.band, found.doubts) == (tiny_model.threshold, DEFAULT_BAND, ())
    assert judge(tiny_model, photo, 0.25, 0.01) == found.under(0.25, 0.01)


def test_a_model_brings_its_own_band(tmp_path, photo):
    model = load_model(tiny.write_model(tmp_path / "model", band=0.15))
    assert judge(model, photo).band == 0.15


def test_a_dark_photo_is_doubted(tiny_model, photo):
    dark = read_photo(png((photo.rgb * 0.2).astype(np.uint8)))
    found = judge(tiny_model, dark, band=0)
    assert [doubt.kind for doubt in found.doubts] == ["dark"]
    assert found.kind == "review"


def test_the_record_is_plain_and_in_english():
    found = Verdict(0.99, 0.5, 0.4, (DARK, UNLIKE)).to_record()
    assert found == json.loads(json.dumps(found, allow_nan=False))
    assert {name: found[name] for name in ("kind", "probability", "threshold", "band")} == {
        "kind": "review", "probability": 0.99, "threshold": 0.5, "band": 0.4,
    }  # fmt: skip
    dark, unlike = found["doubts"]
    assert {name: dark[name] for name in dark if name != "words"} == {"kind": "dark", "measured": 31.0, "limit": 55}
    assert dark["words"].startswith("Too dark: the lightest tenth of the photo only reaches 31 of 255")
    assert (unlike["measure"], unlike["detail"]) == ("fine detail", [3.0, 1.5, 0.25])
    assert "Furthest off: fine detail 3, where most of them have 1 to 2." in unlike["words"]


@pytest.mark.parametrize("kind", SENTENCES)
def test_each_doubt_says_the_same_on_the_page(kind):
    from crackxai.texts import catalogue

    words = QualityIssue(kind, 0.625, 0.5, "fine detail", (3.0, 1.5, 0.25)).message
    for language in ("en", "zh-Hant"):
        said = catalogue(language)[words.name].format(**words.facts)
        assert language != "en" or said.replace("**", "") == str(words)
        assert str(words.facts["measured"]) in said


def test_several_at_once_have_the_verdicts_of_each_alone(tiny_model, bundled):
    """To the bit with OpenVINO: an answer does not depend on the photos beside it."""
    photos = [read_photo(png(sample.rgb)) for sample in tiny.samples()]
    for model in (tiny_model, bundled):
        alone = [judge(model, photo) for photo in photos]
        together = judge_looks(model, [look(model, photo) for photo in photos])
        assert [each.to_record() for each in together] == [each.to_record() for each in alone]
    assert judge_looks(tiny_model, []) == []
    (under,) = judge_looks(tiny_model, [look(tiny_model, photos[0])], 0.25, 0.125)
    assert (under.threshold, under.band) == (0.25, 0.125)
