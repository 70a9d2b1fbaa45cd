"""The Photo page without a browser: what is on it after each step."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest

from crackxai.model.calibration import DEFAULT_BAND
from crackxai.ui import budget, resources, state
from crackxai.ui.formats import percent
from tests.apps import EN, app_at, explained, item, jobs, press, set_keys, shown, texts, upload, wait_for

pytestmark = pytest.mark.usefixtures("fresh_results")


@pytest.fixture
def app():
    return app_at("app.py")


def test_at_first_it_says_what_to_do(app):
    assert EN["photos.welcome"] in texts(app)
    assert not [button for button in app.button if button.key == "explain"]
    assert "Threshold" in texts(app)  # sidebar


def test_a_sample_gets_a_verdict_in_words(app, served):
    press(app, "sample-1")
    probability = resources.judged(served, item(app)).probability
    assert probability > 0.9
    assert app.header[0].value == f"▲ Crack · {percent(probability)}"
    low, high = served.threshold - DEFAULT_BAND, served.threshold + DEFAULT_BAND
    assert f"above the review band of {percent(low)} to {percent(high)}" in texts(app)


def test_a_doubtful_sample_needs_review(app, served):
    app.session_state[state._DECISIONS] = {served.key: (0.9, 0.2)}
    press(app, "sample-1")
    assert resources.judged(served, item(app)).probability > 0.9
    assert "Needs review" in app.header[0].value
    assert "look at this photo yourself" in texts(app)


def test_moving_controls_starts_nothing(app):
    press(app, "sample-1")
    set_keys(app, max_evals=1000, masker="inpaint_ns")
    assert not jobs(app)
    assert EN["explanation.why"] not in texts(app)


def test_the_kernel_is_asked_for_blur_only(app):
    press(app, "sample-1")
    assert not [slider for slider in app.slider if slider.key == "blur_kernel"]
    set_keys(app, masker="blur")
    assert app.slider(key="blur_kernel").value == 15


def test_from_sample_to_map_and_back_from_the_store(app):
    press(app, "sample-1")
    set_keys(app, masker="blur")
    set_keys(app, blur_kernel=25, max_evals=100)
    press(app, "explain")
    explained(app)
    run = shown(app)
    assert run.settings.blur_kernel == 25
    assert run.evaluations == 100
    assert EN["explanation.why"] in texts(app)
    assert len(app.get("download_button")) == 4

    # The same again comes from the store, at once.
    press(app, "explain")
    assert not jobs(app)
    assert shown(app) is run

    # Another photo has no map; the first one still has its own. Settings stay as they were.
    press(app, "sample-2")
    assert EN["explanation.why"] not in texts(app)
    assert app.slider(key="blur_kernel").value == 25
    press(app, "sample-1")
    assert shown(app) is run
    assert EN["explanation.why"] in texts(app)


def test_the_look_changes_pictures_and_asks_the_model_nothing(app, monkeypatch):
    press(app, "sample-1")
    set_keys(app, masker="mean", max_evals=100)
    press(app, "explain")
    explained(app)
    run = shown(app)
    monkeypatch.setattr(resources.model(), "predict", lambda images: pytest.fail("the model was asked"))
    set_keys(app, opacity=30, scale="fixed", palette="orange-purple", contours=True, read_at=50)
    assert not app.exception
    assert "50 evaluations" in texts(app)
    assert run.evaluations == 100


def test_smaller_budgets_are_read_back_and_larger_ones_go_on(app):
    press(app, "sample-1")
    set_keys(app, masker="mean", max_evals=200)
    press(app, "explain")
    explained(app)
    set_keys(app, max_evals=100)
    press(app, "explain")
    assert not jobs(app)
    assert app.select_slider(key="read_at").value == 100
    assert "100 evaluations" in texts(app)
    set_keys(app, max_evals=300)
    press(app, "explain")
    (job,) = jobs(app).values()
    assert job.evaluations >= 200
    explained(app)
    assert shown(app).evaluations == 300
    assert app.select_slider(key="read_at").value == 300


def test_cancel_stops_keeps_what_was_found_and_can_be_gone_on_with(app):
    press(app, "sample-1")
    set_keys(app, max_evals=20_000)
    press(app, "explain")
    (job,) = jobs(app).values()
    assert app.button(key="explain").disabled
    wait_for(lambda: job.evaluations >= 50)
    press(app, "cancel")
    assert job.cancelled
    explained(app)
    assert not app.error
    assert "Stopped at" in texts(app)
    assert EN["explanation.why"] in texts(app)
    assert 50 <= shown(app).evaluations < 20_000
    assert not app.button(key="explain").disabled
    assert app.select_slider(key="max_evals").value == 20_000


def test_a_stopped_run_is_told_with_its_own_budget(app):
    press(app, "sample-1")
    set_keys(app, masker="mean", max_evals=20_000)
    press(app, "explain")
    (job,) = jobs(app).values()
    wait_for(lambda: job.evaluations >= 50)
    press(app, "cancel")
    explained(app)
    press(app, "sample-2")
    set_keys(app, max_evals=100)
    press(app, "explain")
    explained(app)
    assert "Stopped at" not in texts(app)
    press(app, "sample-1")
    assert "of 20,000 evaluations" in texts(app)


def test_another_photo_meanwhile_does_not_disturb_a_run(app):
    press(app, "sample-1")
    set_keys(app, masker="mean", max_evals=20_000)  # not done before the test is
    press(app, "explain")
    (first,) = jobs(app).values()
    press(app, "sample-2")
    press(app, "explain")
    assert len(jobs(app)) == 2
    assert "under way" in texts(app)  # the sidebar tells of both
    press(app, "cancel")
    wait_for(lambda: len(jobs(app.run())) == 1)
    assert not first.cancelled
    before = first.evaluations
    wait_for(lambda: first.evaluations > before)
    press(app, "sample-1")
    press(app, "cancel")
    explained(app)
    assert before < shown(app).evaluations < 20_000


def test_uploads_are_sorted_and_a_bad_one_spoils_nothing(app, sample_files):
    set_before = [("sound.png", 1), ("crack <b>1</b>.png", 0)]
    files = [(name, sample_files[i].read_bytes()) for name, i in set_before]
    upload(app, files[0], ("notes.png", b"not a photo"), files[1])
    assert "notes.png" in texts(app).replace("\\", "")
    assert "none of these" in texts(app)
    names = [each.name for each in app.session_state[state._ITEMS]]
    assert names == ["sound.png", "crack <b>1</b>.png"]
    assert item(app).name == "crack <b>1</b>.png"  # the most suspicious is looked at first
    labels = [button.label for button in app.button if (button.key or "").startswith("item-")]
    assert labels == sorted(labels, key=lambda label: -float(label.split()[1]))
    press(app, "next")
    assert item(app).name == "sound.png"
    assert app.button(key="next").disabled
    press(app, "previous")
    press(app, "dismiss")
    assert "notes.png" not in texts(app)
    press(app, "remove")
    assert [each.name for each in app.session_state[state._ITEMS]] == ["sound.png"]
    assert item(app).name == "sound.png"


@pytest.mark.parametrize(
    ("name", "data"), [("notes.png", b"not a photo"), ("empty.png", b""), ("cut.png", b"\x89PNG\r\n\x1a\n")]
)
def test_a_bad_upload_is_explained_and_loses_nothing(app, name, data):
    press(app, "sample-2")
    set_keys(app, masker="inpaint_ns")
    before = item(app)
    upload(app, (name, data))
    (error,) = app.error
    assert "expected" in error.value
    assert item(app) is before
    assert app.segmented_control(key="masker").value == "inpaint_ns"
    assert app.header[0].value


def test_a_doubted_photo_needs_review_and_says_why(app, served, sample_files):
    burnt = np.clip(cv2.imread(str(sample_files[2])).astype(int) + 120, 0, 255)
    upload(app, ("noon.png", cv2.imencode(".png", burnt.astype(np.uint8))[1].tobytes()))
    assert resources.judged(served, item(app)).probability > 0.9  # which alone would be a crack
    assert app.header[0].value.startswith("◆ Needs review · ")
    assert "there is doubt whether it can be relied on" in texts(app)
    assert app.button(key="item-0").label.startswith("◆")
    assert "**Burnt out:**" in "\n".join(warning.value for warning in app.warning)
    press(app, "sample-1")
    assert not app.warning


def test_a_model_that_gives_no_probability_gets_no_verdict(overflowing_folder, sample_files, monkeypatch):
    monkeypatch.setenv("CRACKXAI_MODEL", str(overflowing_folder))
    app = app_at("app.py")
    upload(app, *((path.name, path.read_bytes()) for path in sample_files[:2]))
    assert len(app.session_state[state._ITEMS]) == 2
    for key in ("item-0", "item-1", "sample-1"):
        press(app, key)
        assert app.header[0].value == f"✕ {EN['verdict.failed']}"
        assert "received nan" in app.error[0].value.replace("\\", "")
        assert not {EN["verdict.crack"], EN["verdict.no-crack"]} & set(texts(app).split(" · "))
    assert app.button(key="item-0").label == "✕"
    press(app, "erase")
    assert "received nan" in app.error[-1].value.replace("\\", "")
    set_keys(app, masker="mean", max_evals=50)
    press(app, "explain")
    explained(app)
    assert ["received nan" in error.value.replace("\\", "") for error in app.error] == [True, True]


def test_a_photo_that_the_model_fails_on_leaves_the_others_in_place(sample_files, monkeypatch):
    model = resources.model()
    forward = model._runtime.forward
    monkeypatch.setattr(
        model._runtime, "forward", lambda images: np.where(images.max(axis=(1, 2, 3)) == 0, np.nan, forward(images))
    )
    app = app_at("app.py")
    black = cv2.imencode(".png", np.zeros((200, 200, 3), dtype=np.uint8))[1].tobytes()
    upload(app, ("wall.png", sample_files[0].read_bytes()), ("black.png", black))
    # The one that cannot be told comes first, since it must be looked at.
    assert [app.button(key=f"item-{n}").label for n in range(2)] == ["✕", "▲ 100 %"]
    assert app.header[0].value == f"✕ {EN['verdict.failed']}"
    press(app, "item-1")
    assert app.header[0].value.startswith("▲ Crack")
    assert not app.error


def test_a_hidden_photo_that_reads_as_cracked_is_told(app):
    press(app, "sample-3")
    set_keys(app, masker="blur")
    set_keys(app, blur_kernel=3, max_evals=50)  # 3 pixels leave this crack visible
    press(app, "explain")
    explained(app)
    assert "itself reads as cracked" in "\n".join(warning.value for warning in app.warning)


def test_a_session_that_is_full_says_so_and_keeps_what_it_has(app, sample_files, monkeypatch):
    monkeypatch.setattr(budget, "MOST_FILES", 1)
    upload(app, *((path.name, path.read_bytes()) for path in sample_files[:2]))
    assert "no room for more than 1 photos" in texts(app)
    assert len(app.session_state[state._ITEMS]) == 1


def test_the_same_photo_twice_is_one(app, sample_files):
    for _ in range(2):
        upload(app, ("wall.png", sample_files[0].read_bytes()))
    assert len(app.session_state[state._ITEMS]) == 1


def test_a_photo_under_another_name_has_a_record_of_its_own(sample_files):
    data = sample_files[0].read_bytes()
    records = []
    for name in ("mine.png", "yours.png"):
        app = app_at("app.py")
        upload(app, (name, data))
        set_keys(app, masker="mean", max_evals=50)
        press(app, "explain")
        explained(app)
        records.append(json.loads(shown(app).explanation().to_json()))
    assert [record["photo"]["name"] for record in records] == ["mine.png", "yours.png"]
    assert records[0]["values_sha256"] == records[1]["values_sha256"]


def test_erase_and_ask_again(app, served):
    press(app, "sample-3")
    set_keys(app, masker="mean", max_evals=300)
    set_keys(app, erase_rows=(45, 72), erase_columns=(0, 100))
    press(app, "erase")
    values = {metric.label: metric.value for metric in app.metric}
    before = resources.judged(served, item(app)).probability
    assert before > 0.9
    assert values[EN["occlusion.before"]] == percent(before)
    assert float(values[EN["occlusion.after"]].split()[0]) < 10
    assert EN["occlusion.crossed"] in texts(app)
    # Another rectangle has no answer yet.
    set_keys(app, erase_rows=(0, 5))
    assert EN["occlusion.not-yet"] in texts(app)
    set_keys(app, erase_rows=(5, 5))
    assert EN["occlusion.empty"] in texts(app)


def test_marking_what_raised_it_most(app):
    press(app, "sample-3")
    set_keys(app, masker="mean", max_evals=300)
    press(app, "explain")
    explained(app)
    press(app, "strongest")
    low, high = app.slider(key="erase_rows").value
    assert 40 <= low < 60 < high <= 80  # the crack crosses the middle


def test_a_model_that_cannot_be_loaded_is_told_without_a_trace(monkeypatch, tmp_path):
    monkeypatch.setenv("CRACKXAI_MODEL", str(tmp_path / "absent"))
    app = app_at("app.py")
    (error,) = app.error
    assert "The model cannot be loaded" in error.value
    assert "absent" in error.value
