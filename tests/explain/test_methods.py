"""The contract that every method keeps, and that a method which is only registered is served everywhere."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crackxai import Cancelled, ExplainSettings, SettingsError, explain
from crackxai.arguments import parse
from crackxai.commands.explain import explain as explain_command
from crackxai.explain.kernel_shap import KernelSettings
from crackxai.explain.maskers import masker_parameters
from crackxai.explain.methods import METHODS, asked_parameters, explainer, method_of
from crackxai.explain.parameters import parameters_of
from crackxai.explain.progress import counted
from crackxai.explain.record import checked
from crackxai.explain.verify import Outcome, verify
from crackxai.photo import Box
from crackxai.render import caption, explanation_figure
from crackxai.texts import LANGUAGES, catalogue
from crackxai.ui import compare_page, links, resources, state
from crackxai.ui.job import Job
from crackxai.ui.state import RunKey
from tests.apps import app_at, explained, press, set_keys, texts
from tests.explain.toy_method import HALVES, HalvesSettings


@pytest.fixture(params=[*METHODS, "halves"])
def method(request, monkeypatch):
    monkeypatch.setitem(METHODS, "halves", HALVES)
    return METHODS[request.param]


@pytest.fixture
def settings(method):
    """Few evaluations, and numbers that are not the defaults."""
    return method.make_settings({"max_evals": 60, "masker": "mean", "seed": 2, "grey": 90})


def test_it_advances_and_can_be_read(tiny_model, photo, settings):
    run, told = explainer(tiny_model, photo, settings), []
    assert run.evaluations == 0
    assert (run.settings, run.photo_name) == (settings, photo.name)
    with pytest.raises(SettingsError, match="Advance first"):
        run.explanation()
    run.advance(progress=lambda evaluations, total: told.append((evaluations, total)))
    assert told[0][0] == 0
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == run.evaluations >= settings.max_evals > 0
    assert run.nbytes >= 0
    result = run.explanation()
    assert result.evaluations == run.evaluations
    assert result.settings == settings
    assert result.values.shape == tiny_model.input_size
    assert np.isfinite(result.values).all()
    if settings.adds_up:
        assert result.base_value + float(result.values.sum(dtype=float)) == pytest.approx(result.probability, abs=1e-5)
    np.testing.assert_array_equal(result.values, explain(tiny_model, photo, settings).values)
    np.testing.assert_array_equal(result.values, run.explanation(run.evaluations).values)
    hidden = run.hidden()
    assert hidden is None or (hidden.shape == result.picture.shape and hidden.dtype == np.uint8)


def test_it_can_be_stopped_and_gone_on_with(tiny_model, photo, settings):
    # A method of one evaluation can be stopped before it alone.
    least = min(2, settings.max_evals - 1)

    def stop(evaluations, total):
        if evaluations >= least:
            raise Cancelled("enough")

    run = explainer(tiny_model, photo, settings)
    with pytest.raises(Cancelled):
        run.advance(progress=stop)
    assert least <= run.evaluations < settings.max_evals
    run.advance()
    np.testing.assert_array_equal(run.explanation().values, explain(tiny_model, photo, settings).values)


def test_its_settings_are_told_and_made_again(method, settings):
    again = method.settings(**json.loads(json.dumps(settings.as_dict())))
    assert again == settings
    assert hash(again.key) == hash(settings.key)
    assert method_of(settings) is method
    assert method.make_settings(settings.as_dict() | {"of another method": 1}) == settings
    assert settings.key == settings.key.key
    assert settings.slug.isidentifier()


def test_its_record_is_verified(tiny_model, photo, settings):
    record = json.loads(explain(tiny_model, photo, settings).to_json())
    assert checked(record).settings == settings
    found = verify(record, tiny_model, photo)
    assert found.outcome is Outcome.IDENTICAL, str(found)
    assert verify(record | {"probability": 0.123}, tiny_model, photo).outcome is Outcome.DIFFERENT


def test_a_window_is_another_run(tiny_model, photo, settings):
    window = photo.window(Box(0, 200, 0, 200))
    assert RunKey.of(tiny_model, window, settings) != RunKey.of(tiny_model, photo, settings)
    assert (explain(tiny_model, window, settings).values != explain(tiny_model, photo, settings).values).any()


def test_other_settings_are_other_runs(tiny_model, photo, settings, method):
    of_no_use = {"blur_kernel", "max_evals", getattr(method.settings, "budget", "max_evals")}
    numbers = {each.name for each in parameters_of(settings)} - of_no_use
    changed = [
        method.make_settings(settings.as_dict() | {name: value + 1})
        for name, value in settings.as_dict().items()
        if name in numbers
    ]
    keys = {RunKey.of(tiny_model, photo, each) for each in (settings, *changed)}
    assert len(keys) == 1 + len(changed)
    assert len(changed) == len(numbers)


def test_queue_and_cache_take_it(tiny_model, photo, settings, fresh_results):
    run = resources.run(tiny_model, photo, settings)
    assert resources.run(tiny_model, photo, settings) is run
    job = Job(run, settings.max_evals, settings.pace)
    job.run(job.progress)
    assert job.done
    assert job.error is None
    assert run.evaluations >= settings.max_evals


def test_it_has_its_figure(tiny_model, photo, settings):
    result = explain(tiny_model, photo, settings)
    assert counted(result.evaluations) in caption(result)
    *_, bar = explanation_figure(result, photo.rgb).axes
    assert settings.value_name in bar.get_xlabel()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_its_texts(language):
    texts = catalogue(language)
    for name, method in METHODS.items():
        assert {f"{kind}.{name}" for kind in ("method", "method-words", "value", "grey")} <= texts.keys()
        for number in method.asked:
            assert {f"parameter.{number.name}", f"parameter-help.{number.name}"} <= texts.keys()


def test_numbers_of_one_name_mean_the_same():
    known = {each.name: each for each in (*masker_parameters(), *asked_parameters())}
    for method in METHODS.values():
        assert all(known[each.name] == each for each in method.asked)
    for name in ("max_evals", "seed"):
        assert len({each for m in METHODS.values() for each in parameters_of(m.settings) if each.name == name}) == 1


def test_a_number_of_evaluations_in_words():
    assert [counted(n) for n in (1, 2)] == ["1 evaluation", "2 evaluations"]


def test_settings_of_no_method(tiny_model, photo):
    with pytest.raises(SettingsError, match=r"settings of a method \(ExplainSettings.*received dict"):
        explain(tiny_model, photo, {"masker": "blur"})
    with pytest.raises(SettingsError, match="received HalvesSettings"):
        explain(tiny_model, photo, HalvesSettings())


def test_the_command_line_asks_for_it(monkeypatch):
    monkeypatch.setitem(METHODS, "halves", HALVES)
    given = ["explain", "wall.jpg", "--method", "halves", "--grey", "7", "--masker", "blur"]
    args = parse(given, explain_command)
    assert METHODS[args.method].make_settings(vars(args)) == HalvesSettings(grey=7)
    # What is not given is its own default, not that of the first method.
    args = parse(["explain", "wall.jpg", "--method", "kernel", "--seed", "3"], explain_command)
    assert METHODS[args.method].make_settings(vars(args)) == KernelSettings(seed=3)
    args = parse(["explain", "wall.jpg", "--blur-kernel", "9", "--masker", "blur"], explain_command)
    assert METHODS[args.method].make_settings(vars(args)) == ExplainSettings("blur", 9)


@pytest.mark.usefixtures("fresh_results")
def test_the_page_offers_it_and_shows_its_map(monkeypatch):
    """A second method is an entry in the registry and its name in the catalogues; no page knows of it."""
    monkeypatch.setitem(METHODS, "halves", HALVES)
    for kind in ("method", "method-words", "value", "grey"):
        monkeypatch.setitem(catalogue("en"), f"{kind}.halves", "Halves")
    assert HalvesSettings() in compare_page.candidates()
    assert "halves" in links.allowed()["method"]
    app = app_at("app.py", sample="1", method="halves")
    press(app, "explain")
    explained(app)
    (key,) = app.session_state[state._ASKED]
    assert key.settings == HalvesSettings()
    assert "Halves. 4 evaluations" in texts(app)
    assert not [slider for slider in app.select_slider if slider.key == "max_evals"]
    set_keys(app, method="partition", masker="mean")
    set_keys(app, max_evals=50, regions="grid")
    press(app, "explain")
    explained(app)
    assert "Mean colour. 50 evaluations" in texts(app)
