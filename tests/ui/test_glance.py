"""The first glance under a photo."""

from __future__ import annotations

import pytest

from crackxai.explain.cam import CamSettings
from crackxai.ui import compare_page, resources, state
from crackxai.ui.state import RunKey
from tests.apps import EN, app_at, explained, item, jobs, press, set_keys, texts

pytestmark = pytest.mark.usefixtures("fresh_results")


def test_it_stands_under_every_photo_and_is_no_job(served):
    app = app_at("app.py", sample="1")
    assert EN["glance.words"] in texts(app)
    photo = resources.photo(item(app))
    run = resources.runs().peek(RunKey.of(served, photo, CamSettings()))
    assert run.evaluations == 1
    assert not jobs(app)
    assert not app.session_state.get(state._ASKED)  # nothing that was asked for, and so in no list of runs
    press(app, "sample-2")
    other = resources.runs().peek(RunKey.of(served, resources.photo(item(app)), CamSettings()))
    assert other is not None
    assert other is not run


def test_a_photo_that_cannot_be_judged_has_none(served, monkeypatch):
    from crackxai.model.classifier import no_probability

    def fails(images):
        raise no_probability(float("nan"))

    monkeypatch.setattr(served, "predict_with_evidence", fails)
    app = app_at("app.py", sample="3")
    assert not app.exception
    assert EN["glance.words"] not in texts(app)


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
    next(pills for pills in app.get("button_group") if pills.key == "compare-maskers").set_value([0, place])
    app.run()
    press(app, "compare")
    explained(app)
    (only,) = [warning.value for warning in app.warning]
    assert "hidden" in only
    assert "without evidence" in texts(app)
