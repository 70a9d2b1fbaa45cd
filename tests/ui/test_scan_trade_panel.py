"""The Model page on what scans of whole photos are worth."""

from __future__ import annotations

import shutil

import pytest

from crackxai.model.finding_rule import FindingRule
from crackxai.model.release import record_scans
from tests.apps import app_at

THRESHOLD = 0.75
pytestmark = pytest.mark.usefixtures("fresh_results")


def rate(value: float) -> dict:
    return {"value": value, "low": value - 0.1, "high": min(1.0, value + 0.1), "windows": 10, "groups": 10}


def figures(threshold: float, false: float | None, sound: float | None, found: float | None, covered: float | None):
    return {
        "threshold": threshold,
        "false_findings": false,
        "sound": None if sound is None else rate(sound),
        "found": None if found is None else rate(found),
        "covered": covered,
    }


WALLS = {
    "origin": "walls",
    "photos": {"cracked": 30, "sound": 10},
    "figures": [figures(THRESHOLD, 0.4, 0.7, 0.9, 0.8), figures(0.9, 0.2, 0.8, 0.5, 0.4)],
}
FLOORS = {
    "origin": "floors",
    "photos": {"cracked": 0, "sound": 30},
    "figures": [figures(THRESHOLD, 0.2, 0.9, None, None), figures(0.9, 0.0, 1.0, None, None)],
}
DECKS = {
    "origin": "decks",
    "photos": {"cracked": 10, "sound": 0},
    "figures": [figures(THRESHOLD, None, None, 0.5, None), figures(0.9, None, None, 0.1, None)],
}


@pytest.fixture
def scanned(tmp_path, tiny_folder, monkeypatch):
    folder = shutil.copytree(tiny_folder, tmp_path / "model")
    record_scans(folder, {"settings": {}, "origins": [WALLS, FLOORS, DECKS]}, FindingRule(THRESHOLD, 0.25), {})
    monkeypatch.setenv("CRACKXAI_MODEL", str(folder))


def tables(app, first: str):
    return [frame.value for frame in app.dataframe if first in frame.value.iloc[:, 0].to_string()]


@pytest.mark.parametrize(("lang", "used"), [("en", "0.75 (in use)"), ("zh-Hant", "0.75（使用中）")])
def test_the_trade_is_told_over_all_photos_and_by_origin(scanned, lang, used):
    app = app_at("pages/model.py", lang=lang)
    assert not app.exception
    assert any("1,000" in caption.value and "0.90" in caption.value for caption in app.caption)  # of a large photo
    (by_score,) = tables(app, "0.75")
    numbers = [[cell.replace("（", " ").split()[0] for cell in row] for row in by_score.to_numpy().tolist()]
    # (10 x 0.4 + 30 x 0.2) / 40; (10 x 0.7 + 30 x 0.9) / 40; (30 x 0.9 + 10 x 0.5) / 40; of the masks' photos alone.
    assert by_score.iloc[0, 0] == used
    assert numbers[0][1:] == ["0.25", "85", "80", "80"]
    assert numbers[1] == ["0.9", "0.05", "95", "40", "40"]
    (by_origin,) = (table for table in tables(app, "walls") if table.shape == (3, 5))
    cells = {row[0]: [cell.replace("（", " ").split()[0] for cell in row[1:]] for row in by_origin.to_numpy().tolist()}
    assert cells == {
        "walls": ["0.40", "70", "90", "80"],
        "floors": ["0.20", "90", "–", "–"],
        "decks": ["–", "–", "50", "–"],
    }


def test_without_such_figures_nothing_is_said_of_them(tiny_folder, monkeypatch):
    monkeypatch.setenv("CRACKXAI_MODEL", str(tiny_folder))
    app = app_at("pages/model.py")
    assert not any("whole photos" in header.value for header in app.subheader)
