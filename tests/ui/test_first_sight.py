"""What a visitor sees before he has chosen a photo."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from crackxai import read_photo
from crackxai.explain.convergence import cell_sums
from crackxai.explain.explainer import Explainer
from crackxai.explain.series import series
from crackxai.ui import first_sight, resources
from tests.apps import EN, app_at, press, texts

AGAIN = "the bundled model or the samples changed: run `python docs/first_sight.py`"


@pytest.fixture(scope="module")
def sample():
    item = resources.samples()[first_sight.SAMPLE - 1]
    return read_photo(item.data, item.name)


@pytest.fixture
def kept_by(monkeypatch, sample, tiny_model):
    """Makes the file that is kept one of another model."""

    def keep(model) -> None:
        run = Explainer(model, sample, dataclasses.replace(first_sight.SETTINGS, max_evals=100))
        run.advance()
        monkeypatch.setattr(first_sight, "kept", lambda: series(run, (50, 100)))

    return keep


def test_the_kept_explanation_is_of_the_bundled_model_and_sample(bundled, sample):
    found = first_sight.kept_for(bundled, sample)
    assert found is not None, AGAIN
    assert found.budgets == list(first_sight.BUDGETS)
    assert first_sight.AT_FIRST in found.budgets
    run = Explainer(bundled, sample, first_sight.SETTINGS)
    run.advance(100)
    # Computed on another processor, so not to the last bit.
    now, then = cell_sums(run.explanation(100).values), cell_sums(found.read(100).values)
    assert np.abs(now - then).sum() < 0.05 * np.abs(then).sum(), AGAIN
    assert found.read(2000).probability == pytest.approx(run.explanation(100).probability, abs=0.01), AGAIN


def test_it_is_not_shown_with_another_model_precision_or_photo(kept_by, tiny_model, sample, photo, bundled):
    kept_by(tiny_model)
    assert first_sight.kept_for(tiny_model, sample) is not None
    assert first_sight.kept_for(bundled, sample) is None
    assert first_sight.kept_for(tiny_model, photo) is None


def test_a_file_that_cannot_be_read_is_as_good_as_none(monkeypatch, tmp_path):
    monkeypatch.setattr(first_sight, "KEPT", tmp_path / "none.npz")
    assert first_sight.kept.__wrapped__() is None
    (tmp_path / "none.npz").write_bytes(b"other")
    assert first_sight.kept.__wrapped__() is None


def test_a_visitor_sees_a_verdict_and_a_map_and_plays_with_the_budget():
    app = app_at("app.py", lang="en")
    assert EN["photos.welcome"] in texts(app)
    assert app.header[0].value
    assert EN["explanation.why"] in texts(app)
    assert "kept with the program" in texts(app)
    assert "500 evaluations" in texts(app)
    slider = app.select_slider(key="first_read_at")
    assert slider.options == [str(n) for n in first_sight.BUDGETS]
    slider.set_value(100).run()
    assert not app.exception
    assert "100 evaluations" in texts(app)
    # Nothing was chosen for him; with the button it is.
    assert not [button for button in app.button if button.key == "explain"]
    press(app, "first-inspect")
    assert [button for button in app.button if button.key == "explain"]
    assert "kept with the program" not in texts(app)


def test_with_another_model_it_says_that_it_is_computed_here(monkeypatch):
    monkeypatch.setattr(first_sight, "kept", lambda: None)
    app = app_at("app.py", lang="en")
    assert app.header[0].value
    assert "kept with the program; it is computed here" in "\n".join(bar.proto.text for bar in app.get("progress"))
    # What was computed meanwhile is shown, and told for what it is.
    item = resources.samples()[first_sight.SAMPLE - 1]
    resources.run(resources.model(), resources.photo(item), first_sight.SETTINGS).advance(100)
    app.run()
    assert "Computed on this computer" in texts(app)
    assert app.select_slider(key="first_read_at").options == ["50", "100"]
    resources.runs().clear()
