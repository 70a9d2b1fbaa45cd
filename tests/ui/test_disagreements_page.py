"""Page Disagreements: what people and machine differ on, beside the card."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crackxai import load_model
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records
from crackxai.ui import inspections
from tests.apps import EN, app_at, texts
from tests.inspection.records.facts import BRIDGE

PAGE = "pages/disagreements.py"


@pytest.fixture
def records(own_records) -> Iterator[Records]:
    """The server's records, opened as the page opens them."""
    yield inspections.records()
    inspections.records().close()


def decide(records: Records, inspection: str, number: int, machine: str, truth: str, **kinds: str) -> None:
    """A photo that the machine called one thing with 0.9 and a person another."""
    fingerprint = kinds.pop("fingerprint", load_model().fingerprint)
    sha256 = f"{number:064x}"
    records.add_photo(inspection, PhotoFile(f"wall {number}.png", sha256, 300, 200, 1000))
    probability = {"crack": 0.9, "no-crack": 0.01, "review": 0.5}[machine]
    records.add_judgement(inspection, sha256, Judgement("tiny", fingerprint, {}, machine, probability, 0.5, 0.1))
    records.decide(inspection, sha256, truth, **kinds)


def table(app, number: int) -> list[list[str]]:
    return app.table[number].value.astype(str).to_numpy().tolist()


def test_without_records_it_says_how_to_begin_and_begins_none(own_records):
    app = app_at(PAGE)
    assert EN["disagreements.none"] in texts(app)
    assert not own_records.exists()


def test_records_that_cannot_be_opened_are_told(monkeypatch):
    monkeypatch.setenv("CRACKXAI_DB", "mysql://somewhere/else")
    app = app_at(PAGE)
    assert r"expected a file\, or a URL" in app.error[0].value


def test_it_counts_what_people_settled(records):
    inspection = records.add_inspection(BRIDGE).inspection
    for number in range(3):
        decide(records, inspection, number, "crack", "crack")
    decide(records, inspection, 3, "crack", "no-crack", reason="joint")
    decide(records, inspection, 4, "no-crack", "no-crack")
    decide(records, inspection, 5, "no-crack", "crack", reason="other", text="a *hair* line")
    decide(records, inspection, 6, "review", "no-crack")
    app = app_at(PAGE)
    assert [row[1] for row in table(app, 0)] == [
        "25.0 (4.6 to 69.9; 1 of 4)",
        "33.3 (6.1 to 79.2; 1 of 3)",
        "0.0 (0.0 to 49.0; 0 of 4)",
        "33.3 (6.1 to 79.2; 1 of 3)",
    ]
    assert all(" of " in row[2] for row in table(app, 0))  # the card's promise stands beside it
    assert table(app, 1) == [["Joint", "1", "0"], ["Other (in words)", "0", "1"]]
    listed = app.dataframe[0].value
    assert list(listed["Photo"]) == ["wall 5.png", "wall 3.png"]  # 0.49 from the threshold, then 0.4
    assert list(listed["In their words"]) == ["a *hair* line", ""]
    assert "4 cracked and 3 sound photos" in texts(app)
    assert app.button(key="disagreements-open").disabled


def test_answers_of_another_model_are_not_counted_as_this_ones(records):
    inspection = records.add_inspection(BRIDGE).inspection
    decide(records, inspection, 1, "crack", "no-crack", reason="joint", fingerprint="12" * 32)
    app = app_at(PAGE)
    assert len(app.table) == 1  # of the reasons alone
    assert "not counted above: 1" in texts(app)


def test_of_several_inspections_one_can_be_chosen(records):
    first, second = (records.add_inspection(BRIDGE).inspection for _ in range(2))
    decide(records, first, 1, "crack", "no-crack", reason="joint")
    decide(records, second, 2, "crack", "no-crack", reason="stain")
    app = app_at(PAGE)
    assert len(table(app, 1)) == 2
    app.multiselect(key="disagreements-of").select(second).run()
    assert table(app, 1) == [["Stain", "1", "0"]]
    assert f"--inspection {second}" in texts(app)


def test_in_chinese(records):
    inspection = records.add_inspection(BRIDGE).inspection
    decide(records, inspection, 1, "crack", "no-crack", reason="joint")
    app = app_at(PAGE, lang="zh-Hant")
    assert table(app, 1) == [["接縫", "1", "0"]]
