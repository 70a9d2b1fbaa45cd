"""Model cards."""

from __future__ import annotations

import json

import numpy as np
import pytest

from crackxai import ModelError
from crackxai.model.card import read_card, write_card
from crackxai.model.evaluation import measure


def test_both_cards_say_the_same(tmp_path, make_card):
    figures = measure(np.array([0.9, 0.2, 0.8]), np.array([1, 0, 0]), 0.5).as_dict()
    card = make_card(name="Wall model", threshold=0.42, figures={"validation": figures}, history=[{"epoch": "1"}])
    write_card(card, tmp_path)
    assert read_card(tmp_path) == card
    words = (tmp_path / "MODEL_CARD.md").read_text("utf-8")
    for fact in ("# Wall model", "0.42", "| accuracy | 0.6667 |", "| false alarms | 1 |", "python -m crackxai train"):
        assert fact in words


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "3",
        "{}",
        '{"name": "x"}',
    ],
)
def test_damaged_cards(tmp_path, text):
    (tmp_path / "card.json").write_text(text)
    with pytest.raises(ModelError, match=r"card\.json"):
        read_card(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [("threshold", 0), ("threshold", "high"), ("input_side", 7), ("input_side", "150"), ("temperature", float("inf"))],
)
def test_values_out_of_range(tmp_path, make_card, field, value):
    write_card(make_card(), tmp_path)
    facts = json.loads((tmp_path / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps({**facts, field: value}))
    with pytest.raises(ModelError, match=f"expected a.*{field}"):
        read_card(tmp_path)


def test_the_bound_on_rounding_is_not_understated(tmp_path, make_card):
    write_card(make_card(rounding=0.00034758), tmp_path)
    assert "by more than 0.0004." in (tmp_path / "MODEL_CARD.md").read_text("utf-8")
