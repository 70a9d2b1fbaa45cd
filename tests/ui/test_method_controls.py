"""Methods on the Photo page: the numbers of the chosen one, and what is told of its map."""

from __future__ import annotations

import pytest

from crackxai.explain.kernel_shap import KernelSettings
from crackxai.explain.methods import METHODS, asked_parameters
from crackxai.explain.sliding_occlusion import OcclusionSettings
from crackxai.ui import compare_page, state
from tests.apps import EN, address, app_at, explained, press, set_keys, texts

pytestmark = pytest.mark.usefixtures("fresh_results")


@pytest.mark.parametrize("name", METHODS)
def test_only_the_chosen_methods_numbers_are_asked_for(name):
    app = app_at("app.py", sample="4", method=name)
    asked = {each.name for each in asked_parameters()}
    assert {slider.key for slider in app.slider} & asked == {each.name for each in METHODS[name].asked}
    has_budget = any(slider.key == "max_evals" for slider in app.select_slider)
    assert has_budget == METHODS[name].has_budget


def test_a_link_brings_a_methods_numbers_and_they_are_kept_while_it_is_chosen():
    app = app_at("app.py", sample="4", method="kernel", parts="60", masker="mean")
    assert app.slider(key="parts").value == 60
    assert "method=kernel" in address(app)
    assert "parts=60" in address(app)
    set_keys(app, method="rise")
    assert "parts=" not in address(app)
    assert "cells=7" in address(app)
    set_keys(app, method="kernel")
    assert app.slider(key="parts").value == 60


def test_of_occlusion_no_sum_and_no_shap_is_told():
    app = app_at("app.py", sample="4", method="occlusion", masker="mean", across="8")
    press(app, "explain")
    explained(app)
    (key,) = app.session_state[state._ASKED]
    assert key.settings == OcclusionSettings("mean", across=8)
    told = texts(app)
    assert "Occlusion, patch of 20 pixels, 8 places across, Mean colour. 66 evaluations" in told
    assert EN["grey.occlusion"] in told
    assert EN["numbers.always"] not in told
    set_keys(app, worth="sum")
    assert "need not add up" in texts(app)
    labels = [metric.label for metric in app.metric]
    assert EN["numbers.sum"] not in labels
    assert EN["numbers.base"] in labels
    assert "SHAP map" not in told
    assert EN["convergence.title"] not in told  # it needs what it needs


def test_other_numbers_are_another_run_within_reach():
    app = app_at("app.py", sample="4", method="kernel", masker="mean", regions="grid", max_evals="50")
    for parts in (10, 20):
        set_keys(app, parts=parts)
        press(app, "explain")
        explained(app)
    runs = [key.settings for key in app.session_state[state._ASKED]]
    assert [each.parts for each in runs] == [10, 20]
    assert all(isinstance(each, KernelSettings) for each in runs)
    press(app, "other-Kernel SHAP, 10 regions, Mean colour")
    assert app.slider(key="parts").value == 10
    assert "SHAP value" in "".join(html.proto.body for html in app.get("html"))


def test_compare_offers_each_other_method_once():
    offered = compare_page.candidates()
    others = [settings.method for settings in offered if settings.method != next(iter(METHODS))]
    assert others == list(METHODS)[1:]


def test_compared_methods_share_a_scale_that_names_none():
    app = app_at("pages/compare.py", sample="4")
    methods = [settings.method for settings in compare_page.candidates()]
    others = [methods.index("occlusion"), methods.index("kernel")]
    set_keys(app, **{"compare-maskers": [6], "compare-methods": others, "compare-budget": 100})
    press(app, "compare")
    explained(app)
    assert "198 evaluations" in texts(app)
    scale = "".join(html.proto.body for html in app.get("html"))
    assert EN["maps.unit-any"] in scale
    assert "SHAP value" not in scale
