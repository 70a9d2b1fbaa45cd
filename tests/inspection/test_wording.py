"""Results in words, by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from crackxai import ExplainSettings, Verdict
from crackxai.explain.cam import CamSettings
from crackxai.explain.integrated_gradients import GradientsSettings
from crackxai.explain.kernel_shap import KernelSettings
from crackxai.explain.rise import RiseSettings
from crackxai.explain.sliding_occlusion import OcclusionSettings
from crackxai.inspection import wording
from crackxai.inspection.wall_scale import Length
from crackxai.model.quality import QualityIssue
from crackxai.texts import Texts

EN = Texts("en", marked=False)
DARK = QualityIssue("dark", 31.0, 55)


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.5, "50.0 %"), (0.9991, "over 99.9 %"), (0.999, "99.9 %"), (0.0009, "under 0.1 %"), (0.001, "0.1 %")],
)
def test_percent_claims_no_certainty(p, words):
    assert wording.percent(EN, p) == words


def test_points_have_a_sign():
    assert wording.points(EN, 0.123) == "+12.3 points"
    assert wording.points(EN, -0.0456) == "−4.6 points"


def test_the_kernel_is_named_for_blur():
    assert wording.masker_name(EN, ExplainSettings("blur", 9)) == "Blur 9"
    assert wording.masker_name(EN, ExplainSettings("mean")) == "Mean colour"


@pytest.mark.parametrize(
    ("verdict", "title", "words"),
    [
        (Verdict(0.95, 0.5, 0.4), "Crack · 95.0 %", "at 95.0 %, above the review band of 10.0 % to 90.0 %"),
        (Verdict(0.05, 0.5, 0.4), "No crack · 5.0 %", "at 5.0 %, below the review band"),
        (Verdict(0.6, 0.5, 0.4), "Needs review · 60.0 %", "within the review band of 10.0 % to 90.0 %"),
        (Verdict(0.95, 0.5, 0.4, (DARK,)), "Needs review · 95.0 %", "there is doubt whether it can be relied on"),
        (Verdict(0.6, 0.5, 0.4, (DARK,)), "Needs review · 60.0 %", "within the review band"),
        (Verdict(0.95, 0.8, 0.4), "Needs review · 95.0 %", "of 40.0 % to over 99.9 %"),
    ],
)
def test_a_verdict(verdict, title, words):
    assert wording.verdict_title(EN, verdict) == title
    assert words in wording.verdict_words(EN, verdict)


def test_a_map_in_words(explanation):
    words = wording.map_words(EN, explanation)
    assert words.startswith("SHAP map with Blur 9 fill: all parts together changed the crack probability from 12.5 % ")
    followed = dataclasses.replace(explanation, settings=dataclasses.replace(explanation.settings, regions="picture"))
    assert wording.map_words(EN, followed).startswith("SHAP map with Blur 9 fill (regions: follows the picture): all")
    assert "raised it most, by +43.8 points." in words
    assert "bottom right lowered it most, by −9.4 points." in words


def test_a_map_on_which_nothing_matters(explanation):
    flat = dataclasses.replace(explanation, channel_values=np.zeros((4, 6, 3), dtype=np.float32))
    assert wording.map_words(EN, flat).endswith("No part changed it by more than half a point.")


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (Length(420.4, 31.0), "42 ± 3 cm"),
        (Length(34.6, 6.2), "3.5 ± 0.6 cm"),
        (Length(1234.0, 9.6), "123 ± 1 cm"),
        (Length(1234.0, None), "123 cm"),
    ],
)
def test_a_length_is_told_as_exactly_as_its_error_allows(length, words):
    assert wording.length_words(Texts(), length) == words
    assert wording.length_words(Texts("zh-Hant"), length) == words.replace("cm", "公分")


def test_each_map_is_named_after_its_method():
    assert wording.map_name(EN, ExplainSettings()) == "SHAP map"
    assert wording.map_name(EN, CamSettings()) == "Map: Class activation (one pass)"
    kernel = "Kernel SHAP, 30 regions, Blur 9 (follows the picture)"
    assert wording.masker_name(EN, KernelSettings("blur", 9, parts=30)) == kernel
    occlusion = "Occlusion, patch of 20 pixels, 14 places across, Mean colour"
    assert wording.masker_name(EN, OcclusionSettings("mean")) == occlusion
    # Its steps are its budget, which is told as evaluations.
    assert wording.masker_name(EN, GradientsSettings("mean")) == "Integrated Gradients, Mean colour"


def test_a_value_is_named_after_its_method():
    assert wording.unit(EN, ExplainSettings()) == "SHAP value, crack probability per pixel"
    assert wording.unit(EN, ExplainSettings(), KernelSettings()) == "SHAP value, crack probability per pixel"
    assert wording.unit(EN, CamSettings()) == "Class activation, crack probability per pixel"
    assert wording.unit(EN, ExplainSettings(), CamSettings()) == "crack probability per pixel"


@pytest.mark.parametrize("settings", [OcclusionSettings(), RiseSettings(), GradientsSettings()])
def test_of_values_that_do_not_add_up_no_shares_are_told(explanation, settings):
    words = wording.map_words(EN, dataclasses.replace(explanation, settings=settings))
    assert "the crack probability is 46.9 %, and 12.5 % with all of the photo hidden" in words
    assert "no shares of that difference" in words
    assert "What raised it most lies in the" in words
    assert "points" not in words
    assert "SHAP" not in words


def test_of_kernel_shap_they_are(explanation):
    words = wording.map_words(EN, dataclasses.replace(explanation, settings=KernelSettings()))
    assert "all parts together changed the crack probability from 12.5 % (photo hidden) to 46.9 %." in words
    assert "raised it most, by +43.8 points." in words
