"""Photos judged on a cluster from the page, where its owner names one."""

from __future__ import annotations

import pytest

from crackxai.inspection.records.facts import Inspection
from crackxai.ui import inspections, photo_folders, resources, state
from tests.apps import EN, press, set_keys, wait_for
from tests.inspection.photo_folders import counts, drawn
from tests.ui.test_folder_panel import begin, ended, opened, under_way

pytestmark = pytest.mark.usefixtures("fresh_results")
MANY = 60


@pytest.fixture
def inspection() -> str:
    return inspections.records().add_inspection(Inspection("Bridge 7")).inspection


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv(photo_folders.VARIABLE, str(tmp_path / "open"))
    made = tmp_path / "open" / "wall"
    made.mkdir(parents=True)
    for number in range(MANY):
        (made / f"{number:02}.png").write_bytes(drawn(number, 900))
    return made


def toggles(app) -> set[str]:
    return {each.key for each in app.toggle}


def test_the_owner_says_whether_there_is_one(inspection, folder, monkeypatch):
    monkeypatch.delenv("CRACKXAI_RAY", raising=False)
    assert "folder-cluster" not in toggles(opened(inspection))
    monkeypatch.setenv("CRACKXAI_RAY", "10.0.0.5")
    app = begin(opened(inspection), "wall")
    assert "neither auto nor the address" in app.error[0].value.replace("\\", "")
    set_keys(app, **{"folder-cluster": False})
    app = ended(begin(app, "wall"))
    assert counts(inspections.records(), inspection) == (MANY, MANY, 0)


def test_it_is_judged_there_stopped_and_gone_on_with(nodes, inspection, folder, monkeypatch):
    monkeypatch.setenv("CRACKXAI_RAY", nodes.address)
    app = begin(opened(inspection), "wall")
    (job,) = under_way(app).values()
    assert resources.queue().idle
    wait_for(lambda: job.explainer.result().done >= 5)
    app.run()
    assert "workers" in app.get("progress")[0].proto.text
    press(app, "folder-stop")
    app = ended(app)
    done = job.explainer.result().done
    assert 5 <= done < MANY
    assert app.info[0].value == EN["folder.stopped"].format(done=done, total=MANY)
    app = ended(press(app, "folder-go-on"))
    assert not app.error
    assert f"{MANY} judged now" in app.success[0].value
    assert counts(inspections.records(), inspection) == (MANY, MANY, 0)
    (run,) = app.session_state[state._FOLDER_RUNS].values()
    wait_for(lambda: run.standing is None)


def test_what_cannot_be_reached_is_told_on_the_page(inspection, folder, monkeypatch):
    monkeypatch.setenv("CRACKXAI_RAY", "127.0.0.1:1")
    app = ended(begin(opened(inspection), "wall"))
    assert "no Ray cluster answers there" in app.error[0].value.replace("\\", "")
    assert counts(inspections.records(), inspection) == (0, 0, 0)
