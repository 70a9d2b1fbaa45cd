"""The first glance under a photo."""

from __future__ import annotations

import pytest

from crackxai.explain.cam import CamSettings
from crackxai.ui import resources, state
from crackxai.ui.state import RunKey
from tests.apps import EN, app_at, item, jobs, press, texts

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
