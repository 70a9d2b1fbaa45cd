"""Maps of several settings, over photos."""

from __future__ import annotations

import numpy as np
import pytest

from crackxai import ExplainSettings, SettingsError, explain
from crackxai.explain.faithfulness import FaithfulnessSettings, faithfulness
from crackxai.explain.map_benchmark import MapScore, Mean, combinations, score_photo, summaries
from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.methods import METHODS
from crackxai.explain.truth import at_network_size, localisation
from tests import tiny


def test_all_with_all():
    found = combinations({"masker": ["mean", "blur"], "max_evals": [50, 100], "blur_kernel": [9, 31]})
    assert [(each.masker, each.max_evals, each.blur_kernel) for each in found] == [
        ("mean", 50, 9), ("mean", 100, 9), ("blur", 50, 9), ("blur", 50, 31), ("blur", 100, 9), ("blur", 100, 31),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"smoke": [1]}, "expected settings of .*, received smoke"),
        ({"masker": ["fog"]}, "masker to be one of"),
        ({"max_evals": [1]}, "max_evals to be a whole number from 50"),
    ],
)
def test_what_is_no_choice(choices, reason):
    with pytest.raises(SettingsError, match=reason):
        combinations(choices)


def test_each_method_has_its_own_settings():
    choices = {"masker": ["mean", "blur"], "max_evals": [50, 100], "cells": [5]}
    found = combinations(choices, [METHODS[name] for name in ("partition", "rise", "cam")])
    assert [(each.method, each.as_dict().get("masker"), each.max_evals) for each in found] == [
        *(("partition", masker, budget) for masker in ("mean", "blur") for budget in (50, 100)),
        *(("rise", masker, budget) for masker in ("mean", "blur") for budget in (50, 100)),
        ("cam", None, 1),
    ]
    assert {each.cells for each in found if each.method == "rise"} == {5}


def test_the_interval_of_a_mean():
    found = Mean.of([0.0, 1.0] * 50)
    assert found.value == 0.5
    # Of a proportion, ±1.96 · 0.5 / √100.
    assert (found.low, found.high) == pytest.approx((0.402, 0.598), abs=0.02)
    assert Mean.of([0.25]) == Mean(0.25, 0.25, 0.25, 1)
    assert Mean.of([0.0, 1.0] * 50) == found
    assert found.as_dict()["photos"] == 100


def test_it_holds_the_mean_as_often_as_it_says(rng):
    holds = 0
    for i in range(200):
        found = Mean.of(rng.normal(3, 1, 40).tolist(), seed=i)
        holds += found.low <= 3 <= found.high
    assert 180 <= holds <= 200


def test_the_figures_of_a_photo_are_those_of_its_maps(tiny_model, photo):
    settings = combinations({"masker": ["blur", "mean"], "max_evals": [50, 200], "blur_kernel": [31]})
    test = FaithfulnessSettings(MaskerSettings("inpaint_telea"), orders=2)
    crack = at_network_size(tiny.samples()[0].mask, photo, tiny_model.input_size)
    found = {score.settings: score.figures for score in score_photo(tiny_model, photo, settings, test, crack)}
    assert found.keys() == set(settings)
    one = ExplainSettings("blur", 31, max_evals=50)
    result = explain(tiny_model, photo, one)
    tested = faithfulness(tiny_model, result, test)
    against = tested.against(tested.own, "deletion")
    assert found[one]["deletion"] == against.area
    assert found[one]["deletion_gain"] == against.gain
    assert found[one]["common_insertion"] == tested.other.insertion.area()
    assert found[one]["tenth_gain"] == pytest.approx(tested.tenth.random_mean - tested.tenth.after)
    assert found[one]["mass"] == pytest.approx(localisation(result.values, crack).mass, rel=1e-5)


def test_means_are_told_apart_by_settings_and_side():
    settings = combinations({"masker": ["blur", "mean"]})
    scores = [
        MapScore("a", settings[0], "crack", {"deletion": 0.25, "rank": None}),
        MapScore("b", settings[0], "crack", {"deletion": 0.75, "rank": 0.5}),
        MapScore("c", settings[0], "sound", {"deletion": 0.5, "rank": None}),
        MapScore("a", settings[1], "crack", {"deletion": 1.0, "rank": None}),
    ]
    found = [(each.settings, each.leans_to, {n: m.value for n, m in each.means.items()}) for each in
             summaries(scores, settings)]  # fmt: skip
    assert found == [
        (settings[0], "crack", {"deletion": 0.5, "rank": 0.5}),
        (settings[1], "crack", {"deletion": 1.0}),
        (settings[0], "sound", {"deletion": 0.5}),
    ]
    assert np.isfinite(found[0][2]["rank"])
