"""The test of a map on the Photo page: pressed, watched, stopped, gone on with, taken along."""

from __future__ import annotations

import json

import pytest

from crackxai.explain.faithfulness import FaithfulnessTest
from crackxai.ui import resources, state
from crackxai.ui.formats import percent
from crackxai.ui.state import MapTestKey
from tests.apps import EN, app_at, explained, press, set_keys, shown, texts, wait_for

pytestmark = pytest.mark.usefixtures("fresh_results")


def at_a_map(**query: str):
    """A sample's page with a finished map, and what is known of its truth opened."""
    app = app_at("app.py", **query)
    set_keys(app, masker="blur")
    set_keys(app, blur_kernel=31, max_evals=200)
    press(app, "explain")
    return set_keys(explained(app), worth="true")


def jobs_of(app) -> dict:
    return app.session_state.get(state._MAP_TEST_JOBS, {})


def ended(app):
    def done() -> bool:
        app.run()
        assert not app.exception
        return not jobs_of(app)

    wait_for(done)
    return app


def kept(app) -> FaithfulnessTest:
    run = shown(app)
    (key,) = [key for key in app.session_state[state._ASKED] if resources.runs().peek(key) is run]
    found = resources.map_tests().peek(MapTestKey(key, run.evaluations))
    assert found is not None
    return found


def buttons(app) -> set[str]:
    return {button.key for button in app.button}


def test_at_a_press_the_map_is_tested():
    app = at_a_map(sample="7")
    assert EN["faithfulness.title"] in texts(app)
    assert "goes on" not in texts(app)
    assert "takes it from" not in texts(app)
    press(app, "test-map")
    assert len(jobs_of(app)) == 1
    ended(app)
    found = kept(app).result()
    assert found.complete
    said = texts(app)
    assert "% of the area that the map says raises the probability most takes it from" in said
    assert f"to **{percent(found.tenth.after)}**" in said
    assert EN["faithfulness.areas"] in said
    assert "lies on the true crack (widened by 2 pixels" in said
    assert "test-map" not in buttons(app)
    (table,) = [table.value for table in app.table]
    assert list(table.columns[1:]) == [
        "Deletion, Blur 31", "Insertion, Blur 31", "Deletion, Mean colour", "Insertion, Mean colour",
    ]  # fmt: skip
    assert len(app.get("download_button")) == 4


def test_a_sound_photo_is_asked_the_other_way_round():
    app = at_a_map(sample="2")
    press(app, "test-map")
    ended(app)
    assert not kept(app).result().cracked
    assert "The model leans to sound, so the question is turned round" in texts(app)
    assert "true crack" not in texts(app)


def test_stopped_and_gone_on_with(monkeypatch):
    app = at_a_map(sample="3")
    # It stands still after its first batch until it is stopped.
    advance = FaithfulnessTest.advance

    def slowly(self, total=None, progress=None):
        def watch(evaluations, most):
            progress(evaluations, most)
            if evaluations:
                (job,) = jobs_of(app).values()
                wait_for(lambda: job.cancelled)
                progress(evaluations, most)

        advance(self, total, watch)

    monkeypatch.setattr(FaithfulnessTest, "advance", slowly)
    press(app, "test-map")
    (job,) = jobs_of(app).values()
    wait_for(lambda: job.explainer.evaluations > 0)
    app.run()
    assert "takes it from" in texts(app)  # the first answer, while it goes on
    assert "show-test-0" in buttons(app)
    press(app, "cancel-test")
    monkeypatch.setattr(FaithfulnessTest, "advance", advance)
    ended(app)
    partial = kept(app)
    assert 0 < partial.evaluations < partial.total
    assert f"Stopped at {partial.evaluations} of {partial.total} evaluations" in texts(app)
    press(app, "test-map")
    ended(app)
    assert kept(app) is partial
    assert partial.result().complete


def test_another_budget_of_the_run_is_another_map():
    app = at_a_map(sample="5")
    press(app, "test-map")
    ended(app)
    set_keys(app, read_at=100)
    assert "test-map" in buttons(app)
    set_keys(app, read_at=200)
    assert "test-map" not in buttons(app)


def test_the_record_that_is_taken_along_has_it(monkeypatch):
    from crackxai.ui import photo_page

    taken = []
    monkeypatch.setattr(photo_page, "downloads", lambda item, result, look, verdict: taken.append(result))
    app = at_a_map(sample="7")
    assert taken[-1].faithfulness is None
    press(app, "test-map")
    ended(app)
    record = json.loads(taken[-1].to_json())
    assert record["faithfulness"]["evaluations"] == kept(app).total
    assert record["localisation"]["widened"] == 2
