"""A masker is a class under `register`, its numbers a line of `MaskerSettings`, its texts in the catalogues."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crackxai import ExplainSettings, SettingsError, explain
from crackxai.arguments import parse
from crackxai.commands.explain import explain as explain_command
from crackxai.explain.maskers import MASKERS, MaskerSettings, compared, masker_parameters, register
from crackxai.explain.methods import METHODS
from crackxai.explain.verify import Outcome, verify
from crackxai.render import caption, settings_caption
from crackxai.texts import LANGUAGES, catalogue
from crackxai.ui import compare_page, links
from crackxai.ui.state import RunKey


@pytest.fixture
def fog(monkeypatch):
    """A masker made up for the test: white, with the numbers of the blur."""
    for name, entry in MASKERS.copy().items():  # so that what is added goes again
        monkeypatch.setitem(MASKERS, name, entry)
    monkeypatch.delitem(MASKERS, "mean")

    @register("fog", "Fog", "a white wall", "blur_kernel")
    class Fog:
        def __init__(self, kernel):
            self.kernel = kernel

        def fill(self, image, visible):
            shown = visible if visible.ndim == 4 else visible[..., None]
            return np.where(shown, image, 255 - self.kernel).astype(np.float32)

    yield
    MASKERS.pop("fog")


@pytest.mark.usefixtures("fog")
def test_a_masker_that_is_only_registered_is_served_everywhere(tiny_model, photo):
    settings = ExplainSettings("fog", 20, max_evals=60)
    result = explain(tiny_model, photo, settings)
    assert np.abs(result.values).max() > 0
    assert result.picture is not None
    record = json.loads(result.to_json())
    assert record["settings"]["masker"] == "fog"
    assert verify(record, tiny_model, photo).outcome is Outcome.IDENTICAL
    assert caption(result) == "Fog 20 x 20, 60 evaluations"
    args = parse(["explain", "x.jpg", "--masker", "fog", "--blur-kernel", "20"], explain_command)
    assert METHODS[args.method].make_settings(vars(args)) == ExplainSettings("fog", 20)
    assert "fog" in links.allowed()["masker"]
    assert [each.blur_kernel for each in compared() if each.masker == "fog"] == [7, 15, 31, 61]
    assert ExplainSettings("fog", 31) in compare_page.candidates()
    keys = {RunKey.of(tiny_model, photo, each) for each in (settings, ExplainSettings("fog", 21), ExplainSettings())}
    assert len(keys) == 3
    with pytest.raises(SettingsError, match="inpaint_telea, inpaint_ns, blur, fog, received 'mean'"):
        ExplainSettings("mean")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_masker_and_parameter_has_its_texts(language):
    for name in MASKERS:
        assert {f"masker.{name}", f"masker-words.{name}"} <= catalogue(language).keys()
    for each in masker_parameters():
        assert {f"parameter.{each.name}", f"parameter-help.{each.name}"} <= catalogue(language).keys()


@pytest.mark.parametrize("name", MASKERS)
def test_every_entry_is_whole(name):
    entry = MASKERS[name]
    assert entry.name == name
    assert entry.title
    assert entry.about.isascii()  # the command line's help is read on every terminal
    for each in masker_parameters(name):
        assert each.low <= each.default <= each.high
        assert {*each.offered, *each.compared} <= set(range(each.low, each.high + 1))
        assert each.default in each.offered
        assert each.default in each.compared


def test_only_what_a_masker_uses_tells_its_fills_apart():
    assert MaskerSettings("mean", 9).fill == MaskerSettings("mean", 11).fill == ("mean", ())
    assert MaskerSettings("blur", 9).fill == ("blur", (("blur_kernel", 9),))
    assert ExplainSettings("mean", 9, 100).key == ExplainSettings("mean", 11, 200).key
    assert ExplainSettings("blur", 9).key != ExplainSettings("blur", 11).key
    assert ExplainSettings(seed=1).key != ExplainSettings().key


def test_captions():
    assert settings_caption(ExplainSettings("blur", 9)) == "Blur 9 x 9"
    assert settings_caption(ExplainSettings()) == "Telea"


def test_the_order_of_settings_stays():
    """Scripts write ExplainSettings("blur", 9, 100, 20, 3)."""
    assert ExplainSettings("blur", 9, 100, 20, 3).as_dict() == {
        "masker": "blur", "blur_kernel": 9, "max_evals": 100, "batch_size": 20, "seed": 3,
        "regions": "grid",
    }  # fmt: skip
