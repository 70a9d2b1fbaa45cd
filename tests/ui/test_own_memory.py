"""What a page keeps of a photo: nothing decoded once its session is over; and what is told of a dropped run."""

from __future__ import annotations

import gc
import itertools
import json
import os
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from crackxai import ExplainSettings, Photo, read_photo
from crackxai.model.card import CARD_FILE
from crackxai.photo import Box
from crackxai.render import png
from crackxai.ui import polling, resources, runs, state
from crackxai.ui.budget import Budget
from crackxai.ui.session_vault import Kept, SessionVault
from tests import tiny
from tests.apps import EN, app_at, explained, item, jobs, press, set_keys, shown, texts, upload, wait_for

pytestmark = pytest.mark.usefixtures("fresh_results")

_NUMBERS = itertools.count()


@pytest.fixture
def own_files(sample_files, tmp_path) -> list:
    """As everywhere, but of this test alone: what a session of another one has too stays."""
    own = []
    for path in sample_files:
        rgb = np.array(read_photo(path).rgb)
        rgb[0, 0] = (next(_NUMBERS), 0, 0)
        own.append(tmp_path / path.name)
        own[-1].write_bytes(png(rgb))
    return own


def explained_upload(own_files, name: str = "wall.png"):
    app = app_at("app.py", masker="mean")
    upload(app, (name, own_files[0].read_bytes()))
    set_keys(app, max_evals=50)
    press(app, "explain")
    return explained(app)


def private(app) -> dict:
    return {name: app.session_state[name] for name in (state._ITEMS, state._JOBS, state._ASKED, state._SELECTED)}


def test_the_end_of_a_session_frees_its_photos_while_streamlit_keeps_the_session(own_files):
    app = explained_upload(own_files)
    decoded = weakref.ref(resources.photo(item(app)))
    file = weakref.ref(item(app))
    held = private(app)
    resources._ended(held, ["gone"])
    del held
    gc.collect()
    # The page with its fragments and buttons is still there.
    assert app.get("download_button")
    assert decoded() is None
    assert file() is None


def test_the_end_of_a_session_frees_each_of_many_photos(own_files):
    """The overview of them is a fragment, whose arguments and filters Streamlit keeps."""
    app = app_at("app.py")
    for number, file in enumerate(own_files[:3]):
        upload(app, (f"wall-{number}.png", file.read_bytes()))
    assert app.dataframe
    held = {name: app.session_state[name] for name in (state._ITEMS, state._SELECTED)}
    files = list(map(weakref.ref, held[state._ITEMS]))
    assert len(files) == 3
    resources._ended(held, ["gone"])
    del held
    gc.collect()
    assert app.dataframe
    assert not [name for name in files if name() is not None]


def test_what_another_session_has_too_stays(own_files):
    mine, yours = explained_upload(own_files), explained_upload(own_files)
    run = shown(yours)
    resources._ended(private(mine), [])
    assert shown(yours) is run
    resources._ended(private(yours), [])
    assert resources.runs().size == 0


def test_a_removed_photo_leaves_nothing(own_files):
    app = explained_upload(own_files)
    decoded, of = weakref.ref(resources.photo(item(app))), item(app)
    press(app, "remove")
    gc.collect()
    assert decoded() is None
    assert not [key for key in resources.runs()._kept if key.photo == of.key]


def test_parts_of_a_page_are_given_no_pixels(own_files, monkeypatch):
    """Streamlit keeps what a fragment is called with for as long as it keeps the session."""
    given, follow = [], polling.follow
    monkeypatch.setattr(polling, "follow", lambda keys, draw, *args: (given.extend(args), follow(keys, draw, *args)))
    explained_upload(own_files)
    assert given
    assert not [each for each in given if isinstance(each, (Photo, state.Item, np.ndarray, bytes))]


def test_the_servers_account_refuses_an_upload_and_says_why(own_files, monkeypatch):
    small = Budget(len(own_files[0].read_bytes()) * 2)
    monkeypatch.setattr(resources, "budget", lambda: small)
    app = app_at("app.py")
    upload(app, *((f"wall-{n}.png", path.read_bytes()) for n, path in enumerate(own_files)))
    assert EN["budget.session-full"].split("{most}")[0].split("{name}")[1] in texts(app)
    assert len(app.session_state[state._ITEMS]) < 4


def test_the_account_stands_on_the_model_page(own_files):
    app = app_at("pages/model.py")
    allowed = f"{resources.budget().allowed / 2**20:,.0f} MB allowed"
    assert allowed in texts(app).replace("\\", "")


def test_a_setting_that_is_no_number_is_told_on_every_page(monkeypatch):
    monkeypatch.setenv("CRACKXAI_MEMORY_MB", "lots")
    resources.budget.clear()
    try:
        app = app_at("app.py")
        (error,) = app.error
        assert "CRACKXAI" in error.value
        assert not app.exception
    finally:
        monkeypatch.undo()
        resources.budget.clear()


def test_a_run_that_was_dropped_is_told_and_explain_makes_it_again(own_files):
    app = explained_upload(own_files)
    resources.runs().clear()
    app.run()
    assert EN["explanation.evicted"] in texts(app)
    assert not app.button(key="explain").disabled
    press(app, "explain")
    explained(app)
    assert shown(app).evaluations == 50


def test_a_run_that_was_dropped_while_it_was_under_way_is_kept_when_it_ends(own_files):
    app = app_at("app.py", masker="mean", sample="1")
    press(app, "explain")
    (job,) = jobs(app).values()
    resources.runs().clear()
    wait_for(lambda: job.done)
    app.run()
    assert shown(app) is job.explainer
    assert EN["explanation.evicted"] not in texts(app)


def test_what_is_chosen_is_what_is_shown():
    """Telea under way, then blur, then Telea again: progress, map and the button that stops it are there."""
    app = app_at("app.py", sample="1", masker="inpaint_telea")
    set_keys(app, max_evals=20_000)
    press(app, "explain")
    (telea,) = jobs(app).values()
    wait_for(lambda: telea.evaluations >= 50)
    set_keys(app, masker="blur")
    assert "No map with these settings yet" in texts(app)
    assert not [button for button in app.button if button.key == "cancel"]
    press(app, "explain")
    (blur,) = [job for job in jobs(app).values() if job is not telea]
    # Back by the button beside the map, as by the control.
    press(app, "other-Telea (follows the picture)")
    assert app.session_state["masker"] == "inpaint_telea"
    assert shown(app) is telea.explainer
    assert "Telea (follows the picture). " in texts(app)
    press(app, "cancel")
    assert telea.cancelled
    assert not blur.cancelled
    set_keys(app, masker="blur")
    press(app, "cancel")
    explained(app)
    assert blur.cancelled
    assert shown(app) is blur.explainer


def test_the_sidebar_leads_to_a_run_in_another_setting_of_another_photo():
    app = app_at("app.py", sample="1", masker="blur")
    set_keys(app, blur_kernel=31, max_evals=20_000)
    press(app, "explain")
    (job,) = jobs(app).values()
    press(app, "sample-2")
    set_keys(app, masker="mean")
    press(app, "show-job-0")
    assert item(app).sample == 1
    assert (app.session_state["masker"], app.session_state["blur_kernel"]) == ("blur", 31)
    assert app.button(key="cancel")
    press(app, "cancel")
    explained(app)
    assert job.cancelled


def test_more_than_one_user_may_have_is_told(monkeypatch):
    monkeypatch.setattr(resources.queue(), "most", 1)
    app = app_at("app.py", sample="1", masker="mean")
    set_keys(app, max_evals=20_000)
    press(app, "explain")
    (first,) = jobs(app).values()
    set_keys(app, masker="blur")
    press(app, "explain")
    assert "more than 1 explanations" in "\n".join(error.value for error in app.error)
    assert list(jobs(app).values()) == [first]
    set_keys(app, masker="mean")
    press(app, "cancel")
    explained(app)


def test_looks_are_rare_where_there_is_little_to_see(monkeypatch):
    job = SimpleNamespace(waiting=False, evaluations=100, made=0.0)
    queue, now = SimpleNamespace(owners=1), [1.0]
    monkeypatch.setattr(resources, "queue", lambda: queue)
    monkeypatch.setattr(runs.time, "monotonic", lambda: now[0])
    assert runs.look_after([]) is None
    assert runs.look_after([job]) == 1
    now[0] = 60.0
    assert runs.look_after([job]) == 2
    for owners, seconds in ((3, 3), (4, 5), (100, 5)):
        queue.owners = owners
        assert runs.look_after([job]) == seconds
    queue.owners, job.waiting, job.evaluations = 1, True, 0
    assert runs.look_after([job]) == 5


def test_two_models_of_the_same_weights_are_two(tmp_path, photo, monkeypatch):
    for name in ("north", "south"):
        tiny.write_model(tmp_path / name)
        card = json.loads((tmp_path / name / CARD_FILE).read_text("utf-8"))
        (tmp_path / name / CARD_FILE).write_text(json.dumps(card | {"name": name}), "utf-8")
    monkeypatch.setenv("CRACKXAI_MODELS", str(tmp_path))
    north, south = resources.model("north"), resources.model("south")
    assert north.fingerprint == south.fingerprint
    assert north.key != south.key
    settings = ExplainSettings("mean", max_evals=50)
    records = []
    for model in (north, south):
        run = resources.run(model, photo, settings)
        run.advance()
        records.append(json.loads(run.explanation().to_json())["model"]["name"])
    assert records == ["north", "south"]
    # Each is asked for itself, again from the store.
    assert resources.model("north") is north
    assert resources.run(north, photo, settings) is not resources.run(south, photo, settings)


def test_a_folder_that_was_trained_again_is_loaded_again(tmp_path, monkeypatch):
    tiny.write_model(tmp_path / "ours")
    monkeypatch.setenv("CRACKXAI_MODELS", str(tmp_path))
    before = resources.model("ours")
    assert resources.model("ours") is before
    path = tmp_path / "ours" / CARD_FILE
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"name": "trained again"}), "utf-8")
    os.utime(path, (1, 1))
    after = resources.model("ours")
    assert after.card.name == "trained again"
    assert after.key != before.key


def test_a_window_and_its_photo_are_kept_apart(photo, tiny_model):
    part = photo.window(Box(0, 64, 0, 64))
    keys = {state.RunKey.of(tiny_model, each, ExplainSettings()) for each in (photo, part)}
    assert len(keys) == 2


def test_uploads_leave_streamlits_store_when_their_session_does(monkeypatch):
    store, freed = MemoryUploadedFileManager(""), []
    for name in ("gone", "here"):
        store.add_file(name, UploadedFileRec("1", "wall.png", "image/png", b"data"))
    media = SimpleNamespace(clear_session_refs=freed.append, remove_orphaned_files=lambda: freed.append("orphans"))
    runtime = SimpleNamespace(uploaded_file_mgr=store, media_file_mgr=media)
    monkeypatch.setattr(resources, "exists", lambda: True)
    monkeypatch.setattr(resources, "get_instance", lambda: runtime)
    resources._ended({}, ["gone"])
    assert not store.get_files("gone", ["1"])
    assert store.get_files("here", ["1"])
    assert freed == ["gone", "orphans"]


def test_a_session_that_may_come_back_keeps_its_files_and_no_pixels(own_files, monkeypatch):
    app = explained_upload(own_files)
    decoded, of = weakref.ref(resources.photo(item(app))), item(app)
    presence = SimpleNamespace(away_s=lambda: 30.0, alive=lambda: False)
    kept = SessionVault(resources._ended, lambda _: 0, left=resources._left)
    kept.keep("token", Kept(presence, private(app), "", ("gone",)))
    kept.prune()
    gc.collect()
    assert decoded() is None
    assert app.session_state[state._ITEMS] == [of]
    assert shown(app).evaluations == 50
    assert "token" in kept
