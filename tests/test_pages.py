"""Compare, Model and Guide without a browser."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import pytest

from crackxai.explain.agreement import rank_correlation
from crackxai.model.calibration import DEFAULT_BAND
from crackxai.model.card import CARD_FILE
from crackxai.model.measurements import MEASUREMENTS_FILE
from crackxai.texts import LANGUAGES, catalogue
from crackxai.ui import compare_page, guide_page, resources, state
from crackxai.ui.formats import percent
from tests.apps import EN, app_at, explained, jobs, press, set_keys, texts, wait_for

pytestmark = pytest.mark.usefixtures("fresh_results")


def tables(app) -> list:
    return [table.value for table in app.table]


def test_compare_fills_in_and_tells_how_far_the_fills_agree(monkeypatch):
    monkeypatch.setattr(compare_page, "BUDGETS", (100, 500))
    app = app_at("pages/compare.py", sample="3")
    set_keys(app, **{"compare-maskers": [3, 4, 6], "compare-regions": ["grid"], "compare-budget": 100})
    press(app, "compare")
    assert len(jobs(app)) == 3
    explained(app)
    key = app.session_state[compare_page._MASKERS]
    runs = [resources.runs().peek(each) for each in key[1]]
    assert [run.settings.masker for run in runs] == ["blur", "blur", "mean"]
    assert texts(app).count("100 evaluations") == 3
    (table,) = tables(app)
    expected = rank_correlation(*(run.explanation(100).values for run in runs[:2]))
    assert float(table.iloc[0]["Blur 31"]) == pytest.approx(expected, abs=0.006)
    assert re.search(r"\*\*\d+ %\*\* of all that the maps show", texts(app))


def test_compared_maps_are_tested_at_a_press(monkeypatch):
    monkeypatch.setattr(compare_page, "BUDGETS", (100, 500))
    app = app_at("pages/compare.py", sample="5")
    set_keys(app, **{"compare-maskers": [4, 6], "compare-regions": ["grid"], "compare-budget": 100})
    press(app, "compare")
    explained(app)
    assert len(tables(app)) == 1
    press(app, "test-maps")
    assert len(app.session_state[state._MAP_TEST_JOBS]) == 2

    def ended() -> bool:
        app.run()
        return not app.session_state[state._MAP_TEST_JOBS]

    wait_for(ended)
    assert not app.exception
    _, table = tables(app)
    assert list(table.columns[1:]) == ["Blur 31", "Mean colour"]
    assert len(table) == 6
    assert "–" not in table.to_numpy()
    # By the mean colour, which is the second map's own fill.
    assert table["Mean colour"].iloc[2] == table["Mean colour"].iloc[4]
    assert "test-maps" not in {button.key for button in app.button}


def test_compare_needs_two():
    app = app_at("pages/compare.py", sample="1")
    set_keys(app, **{"compare-maskers": [0]})
    assert app.button(key="compare").disabled


def test_one_fill_is_compared_under_two_trees(monkeypatch):
    monkeypatch.setattr(compare_page, "BUDGETS", (100, 500))
    app = app_at("pages/compare.py", sample="3")
    set_keys(app, **{"compare-maskers": [6], "compare-regions": ["grid", "picture"], "compare-budget": 100})
    press(app, "compare")
    explained(app)
    keys = app.session_state[compare_page._MASKERS][1]
    assert [key.settings.regions for key in keys] == ["grid", "picture"]
    (table,) = tables(app)
    assert {"Mean colour", "Mean colour (follows the picture)"} <= {*table.columns}


def test_a_comparison_stays_with_its_photo(monkeypatch):
    monkeypatch.setattr(compare_page, "BUDGETS", (100, 500))
    app = app_at("pages/compare.py", sample="3")
    set_keys(app, **{"compare-maskers": [3, 6], "compare-budget": 100})
    press(app, "compare")
    explained(app)
    app.selectbox[0].set_value(1).run()
    assert app.session_state[state._SELECTED].sample == 2
    assert not tables(app)


def test_the_ladder_reads_one_run_at_several_budgets(monkeypatch):
    monkeypatch.setattr(compare_page, "LADDER", (50, 100, 200))
    app = app_at("pages/compare.py", sample="1")
    set_keys(app, **{"ladder-masker": 6, "ladder-regions": "picture"})
    press(app, "ladder")
    assert len(jobs(app)) == 1
    explained(app)
    run = resources.runs().peek(app.session_state[compare_page._LADDER][1])
    assert run.evaluations == 200
    assert run.settings.regions == "picture"
    assert not app.exception


def test_cancelling_a_comparison_stops_all_of_it(monkeypatch):
    app = app_at("pages/compare.py", sample="1")
    set_keys(app, **{"compare-maskers": [0, 1, 6], "compare-budget": 2000})
    press(app, "compare")
    started = list(jobs(app).values())
    press(app, "cancel-3")
    explained(app)
    assert all(job.cancelled for job in started)


def test_the_model_page_tells_what_is_known(served):
    app = app_at("pages/model.py")
    said = texts(app)
    scores, figures = served.measurements.scores["test"], served.card.figures["test"]
    missed = int((scores.cracked < served.threshold).sum())
    flagged = int((scores.sound >= served.threshold).sum())
    assert flagged
    of_cracked, of_sound = (
        f"{100 * count / len(of):.1f}".removesuffix(".0")
        for count, of in ((missed, scores.cracked), (flagged, scores.sound))
    )
    assert f"**At {percent(served.threshold)}:** of 100 cracked photos **{of_cracked}** are missed" in said
    assert f"of 100 sound ones **{of_sound}** are flagged" in said
    assert "a probability changed by at most" in said
    assert served.fingerprint in said
    (confusion,) = tables(app)
    assert confusion.iloc[:, 1:].to_numpy().astype(int).tolist() == [
        [len(scores.cracked) - missed, missed],
        [flagged, len(scores.sound) - flagged],
    ]
    assert {metric.value for metric in app.metric} == {
        percent(figures[name]) for name in ("accuracy", "auc", "precision", "recall")
    }


def test_no_figure_is_called_perfect_by_rounding(tmp_path, tiny_folder, monkeypatch):
    folder = shutil.copytree(tiny_folder, tmp_path / "model")
    facts = json.loads((folder / CARD_FILE).read_text("utf-8"))
    facts["figures"]["test"] |= {"auc": 0.9997, "accuracy": 0.9884}
    (folder / CARD_FILE).write_text(json.dumps(facts), "utf-8")
    monkeypatch.setenv("CRACKXAI_MODEL", str(folder))
    app = app_at("pages/model.py")
    values = [metric.value for metric in app.metric]
    assert values[:2] == ["98.8 %", "over 99.9 %"]


def test_the_threshold_is_kept_for_the_session_and_has_its_price(served):
    app = app_at("pages/model.py")
    key = served.fingerprint[:8]
    set_keys(app, **{f"threshold-{key}": 0.99, f"band-{key}": 0.05})
    scores = served.measurements.scores["test"]
    missed = int((scores.cracked < 0.99).sum())
    assert 0 < missed < len(scores.cracked)
    assert tables(app)[0].iloc[0].tolist()[1:] == [str(len(scores.cracked) - missed), str(missed)]
    assert "99.0 %, review within ±5 points" in texts(app)
    assert app.session_state[state._DECISIONS][served.key] == (0.99, 0.05)
    press(app, "reset")
    assert f"{percent(served.threshold)}, review within ±{100 * DEFAULT_BAND:g} points" in texts(app)
    assert app.slider(key=f"threshold-{key}").value == served.threshold


def test_fast_is_a_choice_of_the_session():
    app = app_at("pages/model.py")
    app.segmented_control(key="model-precision").set_value("fast").run()
    assert not app.exception
    assert app.session_state[state._CHOICE] == ("", "fast")
    assert resources.model("", "fast").precision == "fast"


def test_models_that_the_owner_offers(monkeypatch, tmp_path, tiny_folder):
    """One with all files, one without measurements, and a folder that is no model."""
    for name in ("with", "without"):
        shutil.copytree(tiny_folder, tmp_path / name)
        card = json.loads((tmp_path / name / "card.json").read_text("utf-8"))
        (tmp_path / name / "card.json").write_text(json.dumps(card | {"name": f"Model {name}"}), "utf-8")
    (tmp_path / "without" / MEASUREMENTS_FILE).unlink()
    (tmp_path / "notes").mkdir()
    monkeypatch.setenv("CRACKXAI_MODELS", str(tmp_path))
    app = app_at("pages/model.py")
    assert app.selectbox[0].options == [EN["model.default"], "with", "without"]
    app.selectbox[0].set_value("without").run()
    assert not app.exception
    assert "Model without" in texts(app)
    assert EN["model.no-measurements"] in texts(app)
    assert EN["model.fast-unknown"] in texts(app)


def test_a_model_that_cannot_be_loaded_gives_way_to_the_default(monkeypatch, tmp_path, tiny_folder, served):
    shutil.copytree(tiny_folder, tmp_path / "broken")
    (tmp_path / "broken" / "weights.npz").write_bytes(b"nothing")
    monkeypatch.setenv("CRACKXAI_MODELS", str(tmp_path))
    app = app_at("pages/model.py")
    app.selectbox[0].set_value("broken").run()
    assert not app.exception
    (error,) = app.error
    assert "damaged" in error.value
    assert app.session_state[state._CHOICE] == ("", "exact")
    assert served.card.name in texts(app)
    app.run()
    assert not app.error
    assert app.selectbox[0].value == ""


def test_why_a_model_cannot_be_loaded_is_told_in_the_pages_language(monkeypatch, tmp_path):
    monkeypatch.setenv("CRACKXAI_MODEL", str(tmp_path))
    app = app_at("pages/model.py", lang="zh-Hant")
    (error,) = app.error
    assert "請指定「train --out」寫出的資料夾" in error.value.replace("\\", "")


def test_the_guide_shows_its_examples(monkeypatch):
    small = {
        name: tuple((number, settings.__class__("mean", max_evals=50)) for number, settings in examples)
        for name, examples in guide_page.EXAMPLES.items()
    }
    monkeypatch.setattr(guide_page, "EXAMPLES", small)
    monkeypatch.setattr(guide_page, "READ_AT", {})
    app = app_at("pages/guide.py")
    assert not jobs(app)  # nobody's queue is filled by reading
    for name in small:
        press(app, f"show-{name}")
    explained(app)
    started = app.session_state[guide_page._STARTED]
    assert started.keys() == small.keys()
    assert all(resources.runs().peek(key).evaluations == 50 for keys in started.values() for key in keys)


@pytest.mark.parametrize("page", ["compare", "model", "guide"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_in_each_language(page, language):
    app = app_at(f"pages/{page}.py", lang=language)
    said = texts(app)
    assert catalogue(language)[f"{page}.title"] in said
    if language != "en":
        left = [
            text
            for name, text in EN.items()
            if " " in text.strip() and text in said and text != catalogue(language)[name]
        ]
        assert not left


def test_another_sessions_photos_are_not_offered(sample_files):
    from tests.apps import upload

    mine = app_at("app.py")
    upload(mine, ("secret.png", sample_files[0].read_bytes()))
    assert "secret.png" in str(mine.session_state[state._ITEMS])
    yours = app_at("pages/compare.py")
    assert not any("secret" in option for option in yours.selectbox[0].options)
    assert state._ASKED not in yours.session_state or not yours.session_state[state._ASKED]


def test_a_guide_example_equals_a_run_of_its_own(served):
    """READ_AT reads one run: each of its budgets is what a run of that budget gives."""
    from crackxai import ExplainSettings, explain

    ((number, settings),) = guide_page.EXAMPLES["budgets"]
    photo = resources.photo(resources.samples()[number - 1])
    run = resources.run(served, photo, settings)
    run.advance(200)
    alone = explain(served, photo, ExplainSettings(settings.masker, max_evals=100))
    np.testing.assert_array_equal(run.explanation(100).channel_values, alone.channel_values)
