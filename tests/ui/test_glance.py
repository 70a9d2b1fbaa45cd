"""The first glance under a photo."""

from __future__ import annotations

import pytest
import streamlit as st

from crackxai.explain.cam import CamSettings
from crackxai.ui import compare_page, glance, resources, state
from crackxai.ui.state import RunKey
from tests.apps import EN, app_at, explained, item, jobs, press, set_keys, texts

pytestmark = pytest.mark.usefixtures("fresh_results")


def words(app) -> bool:
    """Whether the map is there, or is still waited for."""
    assert "First glance" in texts(app)
    return EN["glance.waiting"] not in texts(app)


def test_it_stands_under_every_photo_and_is_no_job(served):
    app = app_at("app.py", sample="1")
    assert not words(app)
    run = resources.runs().peek(RunKey.of(served, resources.photo(item(app)), glance.SETTINGS))
    run.advance(50)  # as is done while nobody waits
    app.run()
    assert words(app)
    assert f"in {run.evaluations} evaluations (Blur 31)." in texts(app)
    assert not jobs(app)
    assert not app.session_state.get(state._ASKED)  # nothing that was asked for, and so in no list of runs
    press(app, "sample-2")
    assert EN["glance.waiting"] in texts(app)
    other = resources.runs().peek(RunKey.of(served, resources.photo(item(app)), glance.SETTINGS))
    assert other is not None
    assert other is not run


def test_who_asks_for_the_same_goes_on_from_it(served):
    app = app_at("app.py", sample="3", masker="blur", blur_kernel="31", regions="picture")
    run = resources.runs().peek(RunKey.of(served, resources.photo(item(app)), glance.SETTINGS))
    run.advance(50)
    set_keys(app, max_evals=100)
    press(app, "explain")
    explained(app)
    assert run.evaluations == 100
    assert words(app)
    assert "in 50 evaluations" in texts(app)


def test_only_the_photo_that_is_looked_at_is_computed(monkeypatch):
    session = {}
    monkeypatch.setattr(st, "session_state", session)
    first = glance._still_wanted("first")
    assert first()
    second = glance._still_wanted("second")
    assert not first()
    assert second()
    again = glance._still_wanted("first")
    assert again()
    assert not second()


def test_a_photo_that_cannot_be_judged_has_none(served, monkeypatch):
    from crackxai.model.classifier import no_probability

    def fails(images):
        raise no_probability(float("nan"))

    monkeypatch.setattr(served, "predict_with_features", fails)
    monkeypatch.setattr(served, "predict", fails)
    app = app_at("app.py", sample="3")
    assert "First glance" not in texts(app)


def test_of_a_method_that_hides_nothing_no_hidden_photo_is_told(served):
    """Its base value is no answer on a hidden photo, and no warning that such a photo reads as cracked."""
    app = app_at("app.py", sample="4", method="cam")
    press(app, "explain")
    explained(app)
    set_keys(app, worth="sum")
    labels = [metric.label for metric in app.metric]
    assert EN["numbers.base-unhidden"] in labels
    assert EN["numbers.base"] not in labels
    assert "photo hidden" not in texts(app)


def test_compare_warns_of_hidden_photos_alone(served, monkeypatch):
    monkeypatch.setattr(state, "decision", lambda model: (0.0, 0.0))  # every base value is above the threshold
    app = app_at("pages/compare.py", sample="4")
    place = compare_page.candidates().index(CamSettings())
    set_keys(app, **{"compare-maskers": [0], "compare-methods": [place]})
    press(app, "compare")
    explained(app)
    (only,) = [warning.value for warning in app.warning]
    assert "hidden" in only
    assert "without evidence" in texts(app)
