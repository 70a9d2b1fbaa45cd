"""Photos taken into an inspection on a page, without a browser."""

from __future__ import annotations

import threading
import time

import pytest
from streamlit.testing.v1 import AppTest

from crackxai import ExplainSettings, read_photo
from crackxai.errors import ClusterError
from crackxai.explain.methods import explainer
from crackxai.inspection.cluster import cluster_errors
from crackxai.inspection.folder_questions import WholePhotos
from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.records.facts import Inspection
from crackxai.ui import folder_panel, folder_runs, inspections, photo_folders, resources, state, turns
from crackxai.ui.job import Job
from crackxai.ui.jobs import Queue
from tests.apps import EN, ROOT, WAIT, app_at, press, set_keys, texts, wait_for
from tests.inspection.photo_folders import archive, counts, drawn, photos, run_over

pytestmark = pytest.mark.usefixtures("fresh_results")


def page() -> None:
    from crackxai.ui import folder_panel, shell, state

    model = shell.enter()
    folder_panel.show(model, state.inspection())
    shell.leave()


@pytest.fixture
def inspection() -> str:
    return inspections.records().add_inspection(Inspection("Bridge 7")).inspection


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Twelve photos in a folder that is open to the page."""
    monkeypatch.setenv(photo_folders.VARIABLE, str(tmp_path / "open"))
    return photos(tmp_path / "open" / "wall", range(12))


def opened(inspection: str, **held) -> AppTest:
    app = AppTest.from_function(page, default_timeout=WAIT)
    app.session_state[state._INSPECTION] = inspection
    for name, value in held.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception
    return app


def begin(app: AppTest, path: object) -> AppTest:
    app.text_input(key="folder-path").set_value(str(path))
    return press(app, "folder-begin")


def under_way(app: AppTest) -> dict:
    return app.session_state.get(state._FOLDER_JOBS, {})


def ended(app: AppTest) -> AppTest:
    def done() -> bool:
        app.run()
        assert not app.exception
        return not under_way(app)

    wait_for(done)
    return app


def keys(app: AppTest) -> set[str]:
    return {each.key for each in app.button}


@pytest.fixture
def held(monkeypatch):
    """Runs stop before each batch until this is set."""
    whole, go = FolderRun._step, threading.Event()

    def step(self, batch, asked):
        while not go.wait(0.02):
            asked()
        whole(self, batch, asked)

    monkeypatch.setattr(FolderRun, "_step", step)
    yield go
    go.set()


def test_a_folder_of_the_server_is_judged_into_the_inspection(inspection, folder):
    (folder / "broken.jpg").write_bytes(b"none")
    (folder / "[x](y).txt").write_text("nothing")
    app = ended(begin(opened(inspection), "wall"))
    assert counts(inspections.records(), inspection) == (12, 12, 0)
    (done,) = app.success
    assert done.value.startswith("13 photos in ")
    assert "12 judged now, 0 known already, 0 the same as others, 1 unusable" in done.value
    assert EN["folder.failures"].format(count=1) in [each.label for each in app.expander]
    assert r"\[x\]\(y\)\.txt" in texts(app)
    app = ended(begin(app, folder))
    assert "0 judged now, 12 known already" in app.success[0].value
    assert counts(inspections.records(), inspection) == (12, 12, 0)


def test_maps_and_scans_are_asked_for(inspection, folder, monkeypatch):
    seen = []
    monkeypatch.setattr(folder_runs, "start", lambda model, into, source, settings, cluster: seen.append(settings))
    app = opened(inspection)
    set_keys(app, **{"folder-maps": 5})
    app.toggle(key="folder-scan").set_value(True)
    app.toggle(key="folder-copy").set_value(True)
    begin(app, "wall")
    ((settings,),) = [seen]
    assert (settings.scan is not None, settings.explain_worst, settings.copy) == (True, 5, True)


@pytest.mark.parametrize(
    "path", ["..", "/etc", "../secret", "wall/../../secret", "link", "absent/../../secret", "a\0b"]
)
def test_what_lies_outside_is_refused_alike_whether_or_not_it_is_there(inspection, folder, tmp_path, path):
    (tmp_path / "secret").mkdir()
    (folder.parent / "link").symlink_to(tmp_path / "secret")
    app = begin(opened(inspection), path)
    (error,) = app.error
    assert "outside of the folders that are open to this page" in error.value.replace("\\", "")
    assert not under_way(app)
    assert counts(inspections.records(), inspection) == (0, 0, 0)


def test_what_is_not_there_and_what_has_no_photo(inspection, folder):
    app = begin(opened(inspection), "wall/absent")
    assert "nothing is there" in app.error[0].value.replace("\\", "")
    (folder.parent / "empty").mkdir()
    app = begin(app, "empty")
    assert "no photo in it" in app.error[0].value.replace("\\", "")
    app = ended(begin(app, "wall"))
    assert not app.error


@pytest.mark.parametrize(("address", "name"), [("localhost", "name-folders"), ("0.0.0.0", "ask-owner")])
def test_where_no_folder_is_open_it_says_who_can_open_one(inspection, monkeypatch, address, name):
    monkeypatch.delenv(photo_folders.VARIABLE, raising=False)
    whole = folder_panel.st.get_option
    monkeypatch.setattr(folder_panel.st, "get_option", lambda key: address if key == "server.address" else whole(key))
    app = set_keys(opened(inspection), **{"folder-from": "path"})
    (info,) = app.info
    assert info.value == EN[f"folder.{name}"].format(separator=":")
    assert app.button(key="folder-begin").disabled


def uploaded(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.get("file_uploader")[0].set_value([(name, data, "image/png") for name, data in files]).run()
    assert not app.exception
    return press(app, "folder-begin")


def test_uploads_are_copied_and_leave_nothing_else_behind(inspection, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "temporary").mkdir()
    app = opened(inspection)
    app = uploaded(app, ("a.png", drawn(0)), ("a.png", drawn(1)), ("../../b.png", drawn(2)))
    (run,) = app.session_state[state._FOLDER_RUNS].values()
    assert run.photo_name == "a.png and 2 more"
    app = ended(app)
    store = inspections.records().store
    assert len(store.names()) == 3
    names = [row.said.name for row in inspections.records().photos(inspection)]
    assert sorted(names) == ["a.png", "a.png", "b.png"]
    assert {row.said.path for row in inspections.records().photos(inspection)} == {None}
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_zip_is_taken_and_two_are_not(inspection, tmp_path):
    packed = archive(tmp_path / "photos.zip", {f"{n}.png": drawn(n) for n in range(3)}).read_bytes()
    app = uploaded(opened(inspection), ("one.zip", packed), ("two.zip", packed))
    assert "Either photos or one ZIP archive" in app.error[0].value.replace("\\", "")
    app = ended(uploaded(app, ("one.zip", packed)))
    assert counts(inspections.records(), inspection) == (3, 3, 0)


def test_it_is_stopped_and_gone_on_with(inspection, folder, held):
    app = begin(opened(inspection), "wall")
    assert len(under_way(app)) == 1
    assert "folder-begin" not in keys(app)
    press(app, "folder-stop")
    ended(app)
    assert app.info[0].value == EN["folder.stopped"].format(done=0, total=12)
    held.set()
    app = ended(press(app, "folder-go-on"))
    assert "12 judged now" in app.success[0].value
    assert counts(inspections.records(), inspection) == (12, 12, 0)


def test_it_goes_on_while_another_page_is_open_and_after_a_reload(inspection, folder, held):
    app = begin(opened(inspection), "wall")
    (job,) = under_way(app).values()
    other = AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT)
    for name in (state._FOLDER_JOBS, state._FOLDER_RUNS, state._OWNER):
        other.session_state[name] = app.session_state[name]
    other.run()
    assert not other.exception
    assert any("Photos of wall" in each.proto.text.replace("\\", "") for each in other.get("progress"))
    again = opened(
        inspection,
        **{state._FOLDER_JOBS: dict(under_way(app)), state._FOLDER_RUNS: dict(app.session_state[state._FOLDER_RUNS])},
    )
    assert "folder-stop" in keys(again)
    held.set()
    again = ended(again)
    assert job.error is None
    assert "12 judged now" in again.success[0].value


def test_the_job_is_wanted_while_its_page_is_away(inspection, folder, served, held, monkeypatch):
    app = begin(opened(inspection), "wall")
    (job,) = under_way(app).values()
    presence = app.session_state[state._PRESENCE]
    monkeypatch.setattr(presence, "_active", lambda _: False)
    monkeypatch.setattr(presence, "_clock", lambda: presence._seen + resources.vault().keep_s - 1)
    assert job.wanted()
    monkeypatch.setattr(presence, "_clock", lambda: presence._seen + resources.vault().keep_s + 1)
    assert not job.wanted()
    held.set()


def test_an_error_of_the_records_is_told_and_the_run_can_go_on(inspection, folder, monkeypatch):
    from crackxai.errors import RecordsError
    from crackxai.inspection.records.records import Records

    whole = Records.add_photo

    def fails(*_):
        raise RecordsError("the disk is full")

    monkeypatch.setattr(Records, "add_photo", fails)
    app = ended(begin(opened(inspection), "wall"))
    assert "the disk is full" in app.error[0].value
    monkeypatch.setattr(Records, "add_photo", whole)
    app = ended(press(app, "folder-go-on"))
    assert not app.error
    assert counts(inspections.records(), inspection) == (12, 12, 0)


class Noted:
    """An explanation that notes how far the folder was when its first turn came."""

    def __init__(self, explainer, folder: FolderRun) -> None:
        self.explainer, self.folder, self.at = explainer, folder, None

    def __getattr__(self, name: str):
        return getattr(self.explainer, name)

    def advance(self, *args) -> None:
        self.at = self.folder.evaluations if self.at is None else self.at
        self.explainer.advance(*args)


@pytest.mark.parametrize(("owner", "interactive"), [("a", True), ("b", True), ("b", False)])
def test_an_explanation_goes_before_a_folder_at_once(inspection, served, tmp_path, monkeypatch, owner, interactive):
    """Turns take a minute. Two photos may be done in between: one was under way when it was asked for."""
    monkeypatch.setattr(turns, "TURN_S", 60)
    monkeypatch.setattr(WholePhotos, "batch", 1)
    queue = Queue()
    run = run_over(served, inspections.records(), inspection, photos(tmp_path / "wall", range(100)))
    folder = Job(run, run.total, owner="a", background=True)
    queue.submit(folder)
    wait_for(lambda: run.result().done > 1)
    time.sleep(turns.BACKGROUND_S)
    asked = Noted(explainer(served, read_photo(drawn(0)), ExplainSettings("mean", max_evals=50)), run)
    job = Job(asked, 50, owner=owner, interactive=interactive)
    before = run.result().done
    queue.submit(job)
    assert job._finished.wait(WAIT)
    assert job.error is None
    assert asked.at - before <= 2
    assert asked.at < 100
    queue.cancel(folder)
    assert folder._finished.wait(WAIT)
    assert folder.error is None
    assert counts(inspections.records(), inspection)[1] == run.result().done
    run.close()


def test_one_that_ended_early_is_told_above_the_photos_that_it_left(inspection, folder, monkeypatch):
    """It was begun on a page that has another look once there are photos."""
    whole, steps = FolderRun._step, []

    def once(self, batch, asked):
        if steps:
            raise ClusterError(cluster_errors.gone())
        steps.append(len(batch))
        whole(self, batch, asked)

    app = app_at("pages/inspection.py")
    app.session_state[state._INSPECTION] = inspection
    app.run()
    with monkeypatch.context() as patch:
        patch.setattr(FolderRun, "_step", once)
        app = ended(begin(app, "wall"))
    assert 0 < steps[0] < 12
    assert "folder-begin" not in keys(app)
    (error,) = app.error
    assert error.value.replace("\\", "") == EN["cluster-error.gone"]
    assert EN["folder.stopped"].format(done=steps[0], total=12) in [each.value for each in app.info]
    app = ended(press(app, "folder-go-on"))
    assert not app.error
    # Where it is seen how far it is, and what came of it.
    assert app.success[0].value.startswith("12 photos in ")
    assert "folder-go-on" not in keys(app)
    assert counts(inspections.records(), inspection) == (12, 12, 0)


def test_before_the_first_photo_no_speed_is_told(inspection, folder, held):
    app = begin(opened(inspection), "wall")
    assert f"0 of 12 photos, {EN['job.warming-up']}, " in app.get("progress")[0].proto.text
    held.set()
    ended(app)
