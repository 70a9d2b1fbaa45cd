"""Model cards."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from crackxai import ModelError
from crackxai.model.card import read_card, write_card
from crackxai.model.evaluation import measure
from crackxai.model.finding_rule import FindingRule
from crackxai.model.network import RESNET50
from tests import tiny


def test_both_cards_say_the_same(tmp_path):
    figures = measure(np.array([0.9, 0.2, 0.8]), np.array([1, 0, 0]), 0.5).as_dict()
    card = tiny.card(name="Wall model", threshold=0.42, figures={"validation": figures}, history=[{"epoch": "1"}])
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
    [("threshold", 0), ("threshold", "high"), ("temperature", float("inf"))],
)
def test_values_out_of_range(tmp_path, field, value):
    write_card(tiny.card(), tmp_path)
    facts = json.loads((tmp_path / "card.json").read_text())
    (tmp_path / "card.json").write_text(json.dumps({**facts, field: value}))
    with pytest.raises(ModelError, match=f"expected a.*{field}"):
        read_card(tmp_path)


def test_a_card_of_an_earlier_version_has_the_products_own_rule_of_findings(tmp_path):
    write_card(tiny.card(finding_rule=FindingRule(0.9, 0.4)), tmp_path)
    assert read_card(tmp_path).finding_rule == FindingRule(0.9, 0.4)
    facts = json.loads((tmp_path / "card.json").read_text())
    del facts["finding_rule"], facts["scans"]
    (tmp_path / "card.json").write_text(json.dumps(facts))
    assert read_card(tmp_path).finding_rule == FindingRule()
    for wrong in ({"threshold": 2, "growth": 0.1}, {"threshold": 0.5}, 0.5):
        (tmp_path / "card.json").write_text(json.dumps({**facts, "finding_rule": wrong}))
        with pytest.raises(ModelError, match="finding_rule"):
            read_card(tmp_path)


def test_the_rule_of_findings_in_words(tmp_path):
    def words(**facts):
        write_card(tiny.card(finding_rule=FindingRule(0.75, 0.25), **facts), tmp_path)
        return (tmp_path / "MODEL_CARD.md").read_text("utf-8")

    assert "from a score of 0.75 on in a photo of 10 tiles" in words()
    assert "to 0.84 at 100 and 0.90 at 1,000 tiles" in words()
    assert "Not chosen on this model's own scans" in words()
    told = words(scans={"false_findings": 0.3, "origins": 2, "photos": 20})
    assert "2 origins (20 photos) have at most 0.3 false findings each" in told


def test_the_bound_on_rounding_is_not_understated(tmp_path):
    write_card(tiny.card(rounding=0.00034758), tmp_path)
    assert "by more than 0.0004." in (tmp_path / "MODEL_CARD.md").read_text("utf-8")


@pytest.mark.parametrize("side", [7, "150", None])
def test_a_card_of_an_earlier_version_knew_one_network_and_its_side(tmp_path, side):
    write_card(tiny.card(), tmp_path)
    facts = json.loads((tmp_path / "card.json").read_text())
    del facts["network"]
    (tmp_path / "card.json").write_text(json.dumps({**facts, "input_side": 128}))
    assert read_card(tmp_path).network == dataclasses.replace(RESNET50, input_side=128)
    (tmp_path / "card.json").write_text(json.dumps({**facts, "input_side": side}))
    with pytest.raises(ModelError, match=f"input_side: expected 32 to 1024, received {side!r}"):
        read_card(tmp_path)
