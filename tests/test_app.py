"""The pages without a browser: what is on them after each step, on the bundled model."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from crackxai.ui import resources, state

ROOT = Path(__file__).parent.parent
WAIT = 120


@pytest.fixture
def app() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT).run()
    assert not app.exception
    return app


@pytest.fixture
def fresh_results():
    resources._explainers.clear()
    yield
    resources._explainers.clear()


def texts(app: AppTest) -> str:
    kinds = ("header", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def explained(app: AppTest) -> AppTest:
    """Wait for the running explanation, as the page's fragment does."""
    until = time.monotonic() + WAIT
    while state_job(app) is not None:
        assert time.monotonic() < until
        time.sleep(0.2)
        app.run()
        assert not app.exception
    return app


def state_job(app: AppTest):
    return app.session_state.get(state._JOB, None)


def upload(app: AppTest, name: str, data: bytes) -> AppTest:
    app.file_uploader(key="upload").set_value((name, data, "image/png")).run()
    assert not app.exception
    return app


def test_at_first_it_says_what_to_do(app):
    assert "Upload a photo" in texts(app)
    assert not [button for button in app.button if button.key == "explain"]
    assert "Threshold" in texts(app)  # sidebar


def test_a_sample_gets_a_verdict_in_words(app, bundled):
    press(app, "sample-1")
    photo = app.session_state[state._PHOTO]
    probability = float(bundled.predict(bundled.prepare(photo)[None])[0])
    crack = probability >= bundled.threshold
    assert app.header[0].value.split(" · ")[0].split(" ", 1)[1] == ("Crack" if crack else "No crack")
    assert ("at or above" if crack else "below") in texts(app)


def test_moving_controls_starts_nothing(app, fresh_results):
    press(app, "sample-1")
    app.select_slider(key="max_evals").set_value(1000).run()
    app.segmented_control(key="masker").set_value("inpaint_ns").run()
    assert state_job(app) is None
    assert "Why" not in texts(app)


def test_the_kernel_is_asked_for_blur_only(app):
    press(app, "sample-1")
    assert not [slider for slider in app.slider if slider.key == "blur_kernel"]
    app.segmented_control(key="masker").set_value("blur").run()
    assert app.slider(key="blur_kernel").value == 15


def test_from_sample_to_map_and_back_from_the_store(app, fresh_results):
    press(app, "sample-1")
    app.segmented_control(key="masker").set_value("blur").run()
    app.slider(key="blur_kernel").set_value(25).run()
    app.select_slider(key="max_evals").set_value(50).run()
    press(app, "explain")
    explained(app)
    result = state_shown(app)
    assert (result.settings.masker, result.settings.blur_kernel, result.settings.max_evals) == ("blur", 25, 50)
    assert "Why: what raised and lowered" in texts(app)
    assert {metric.label for metric in app.metric} >= {"Sum of the map", "The photo itself"}
    assert len(app.get("download_button")) == 3

    # The same again comes from the store, at once.
    press(app, "explain")
    assert state_job(app) is None
    assert state_shown(app).to_record() == result.to_record()
    result = state_shown(app)

    # Another photo has no map; the first one still has its own. Settings stay as they were.
    press(app, "sample-2")
    assert "Why: what raised" not in texts(app)
    assert app.slider(key="blur_kernel").value == 25
    press(app, "sample-1")
    assert state_shown(app) is result
    assert "Why: what raised" in texts(app)

    # The display's controls change the picture, not the values.
    app.slider(key="opacity").set_value(30).run()
    app.segmented_control(key="scale").set_value("fixed").run()
    assert not app.exception
    assert state_shown(app) is result


def state_shown(app: AppTest):
    photo = app.session_state[state._PHOTO]
    return app.session_state[state._SHOWN][photo.sha256]


def test_smaller_budgets_come_from_the_store_and_larger_ones_go_on(app, fresh_results):
    press(app, "sample-1")
    app.segmented_control(key="masker").set_value("mean").run()
    for budget in (100, 50):
        app.select_slider(key="max_evals").set_value(budget).run()
        press(app, "explain")
        explained(app)
        assert state_shown(app).settings.max_evals == budget
    app.select_slider(key="max_evals").set_value(200).run()
    press(app, "explain")
    assert state_job(app).evaluations >= 100
    explained(app)
    assert state_shown(app).evaluations == 200


def test_cancel_stops_keeps_what_was_found_and_can_be_gone_on_with(app, fresh_results):
    press(app, "sample-1")
    app.select_slider(key="max_evals").set_value(20_000).run()
    press(app, "explain")
    job = state_job(app)
    assert app.button(key="explain").disabled
    until = time.monotonic() + WAIT
    while job.evaluations < 50:
        assert time.monotonic() < until
        time.sleep(0.1)
    press(app, "cancel")
    assert job.cancelled
    explained(app)
    assert not app.error
    assert "Stopped at" in texts(app)
    assert "Why: what raised" in texts(app)
    found = state_shown(app)
    assert 50 <= found.evaluations < 20_000
    assert not app.button(key="explain").disabled
    assert app.select_slider(key="max_evals").value == 20_000
    assert job.explainer.evaluations >= found.evaluations


def test_an_upload_takes_the_same_way(app, sample_files):
    upload(app, "wall <b>1</b>.png", sample_files[1].read_bytes())
    assert app.session_state[state._PHOTO].name == "wall <b>1</b>.png"
    assert app.header[0].value


@pytest.mark.parametrize(
    ("name", "data"), [("notes.png", b"not a photo"), ("empty.png", b""), ("cut.png", b"\x89PNG\r\n\x1a\n")]
)
def test_a_bad_upload_is_explained_and_loses_nothing(app, name, data):
    press(app, "sample-2")
    app.segmented_control(key="masker").set_value("inpaint_ns").run()
    before = app.session_state[state._PHOTO]
    upload(app, name, data)
    (error,) = app.error
    assert "expected" in error.value
    assert before.name in error.value
    assert app.session_state[state._PHOTO] is before
    assert app.segmented_control(key="masker").value == "inpaint_ns"
    assert app.header[0].value


def test_a_later_sample_is_not_undone_by_the_upload_before_it(app, sample_files):
    upload(app, "wall.png", sample_files[0].read_bytes())
    press(app, "sample-2")
    assert app.session_state[state._PHOTO].name == "sample-02.png"
    app.segmented_control(key="masker").set_value("blur").run()
    assert app.session_state[state._PHOTO].name == "sample-02.png"


def test_a_model_that_cannot_be_loaded_is_told_without_a_trace(monkeypatch, tmp_path):
    resources.model.clear()
    monkeypatch.setenv("CRACKXAI_MODEL", str(tmp_path / "absent"))
    try:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT).run()
        assert not app.exception
        (error,) = app.error
        assert "The model cannot be loaded" in error.value
        assert "absent" in error.value
    finally:
        resources.model.clear()
