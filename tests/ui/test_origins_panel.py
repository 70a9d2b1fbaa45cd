"""The Model page on a model of many origins, of which some were left out in other runs."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest

from crackxai.model.by_origin import OriginFigures, Rate
from crackxai.model.card import read_card, write_card
from crackxai.model.left_out import Answers, LeftOut
from crackxai.model.recipes import FINETUNE
from crackxai.model.release import record_left_out
from tests.apps import app_at, texts

pytestmark = pytest.mark.usefixtures("fresh_results")


def rate(value: float) -> Rate:
    return Rate(value, value - 0.1, value + 0.05, 80, 40)


WALLS = OriginFigures("walls", rate(0.92), rate(0.88), 0.95, 0.02)
FLOORS = OriginFigures("floors", None, rate(0.7), None, 0.02)
LEFT = OriginFigures("walls", rate(0.61), rate(0.72), 0.7, 0.2)


@pytest.fixture
def of_origins(tmp_path, tiny_folder, monkeypatch):
    """Answers: a quarter wrong, of which half are beyond the limit; of the right ones none is."""
    folder = shutil.copytree(tiny_folder, tmp_path / "model")
    card = read_card(folder)
    card = dataclasses.replace(
        card,
        data={"origin walls": "Our <walls> (CC0): train 40 cracked", "origin floors": "Floors", "train": "9"},
        origins={"validation": [WALLS.as_dict(), FLOORS.as_dict()]},
        working_range=[0.5, 2.0],
    )
    write_card(card, folder)
    wrong = np.arange(40) % 4 == 0
    doubts = np.where(wrong & (np.arange(40) % 8 == 0), 1.5, np.linspace(0.1, 0.9, 40))
    answers = Answers(np.where(wrong, 0.02, 0.98), np.ones(40, int), doubts, np.full(40, 0.5))
    left = LeftOut(("walls",), (LEFT,), answers)
    facts = {"weights": "bundled", "pictures": 640, "seed": 0, "command": "python -m crackxai crossvalidate origins"}
    record_left_out(folder, [left], FINETUNE, facts)
    monkeypatch.setenv("CRACKXAI_MODEL", str(folder))
    return folder


@pytest.mark.parametrize("lang", ["en", "zh-Hant"])
def test_origins_trained_on_and_left_out_stand_side_by_side(of_origins, lang):
    app = app_at("pages/model.py", lang=lang)
    assert not app.exception
    table = next(frame.value for frame in app.dataframe if "walls" in frame.value.to_string())
    walls, floors = (row.to_list() for _, row in table.iterrows())
    assert [cell.split()[0].split("（")[0] for cell in walls] == ["walls", "92", "88", "61", "72"]
    assert floors[1] == "–"
    assert floors[3:] == ["–", "–"]
    told = texts(app)
    for figure in ("**80 %**", "70 %", "**66 %**", "0.5×", "2×", "640", "88 %"):
        assert figure in told
    # 35 of 40 answers are kept, 5 of them wrong; without doubt 10 of 40 are.
    assert "14.3 %" in told
    assert "25.0 %" in told
    assert "50 %" in told  # of the confident mistakes
    assert "<walls>" not in told  # others' words are no HTML


def test_a_model_of_one_source_has_no_such_part():
    app = app_at("pages/model.py")
    assert not app.dataframe
    assert "Left out" not in texts(app)
