"""What scans are worth, counted by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from crackxai.errors import DataError, PhotoError
from crackxai.inspection.scan import ScanSettings
from crackxai.inspection.scan_figures import ScanFigures, ScannedPhoto, auc, choose_rule, scan_labelled
from crackxai.model.dataset import resize
from crackxai.model.finding_rule import TILES, FindingRule
from crackxai.model.origins import LabelledFile
from crackxai.png import png
from tests.fakes import FakeModel
from tests.inspection.test_scan import CRACK, SIDE, looks_for_dark, wall


def scanned(cracked: bool, *findings: float, covered: tuple[float, ...] | None = None, **facts: float) -> ScannedPhoto:
    usual = {"score": max(findings, default=0.1), "whole": 0.5, "highest": 0.5, "examined": 1.0, "tiles": TILES}
    return ScannedPhoto(Path("wall.png"), cracked, findings, covered, **{**usual, **facts})


def test_counted_by_hand():
    photos = [
        scanned(False, 0.9, 0.7, 0.6),
        scanned(False, 0.65),
        scanned(False),
        scanned(True, 0.95, 0.8, covered=(0.5, 0.75)),
        scanned(True, 0.6, covered=(1.0,)),
        scanned(True, 0.9),
    ]
    at = ScanFigures.of(photos, FindingRule(0.7))
    assert at.false_findings == pytest.approx(2 / 3)
    assert (at.sound.value, at.sound.groups) == (pytest.approx(2 / 3), 3)
    assert at.found.value == pytest.approx(2 / 3)
    assert at.covered == pytest.approx((0.75 + 0) / 2)  # of the two with masks
    assert ScanFigures.of(photos, FindingRule(0.85)).covered == pytest.approx(0.25)
    assert json.loads(json.dumps(at.as_dict()))["threshold"] == 0.7


def test_a_photo_of_more_tiles_is_asked_for_more():
    rule = FindingRule(0.7, growth=0.25)
    small, large = scanned(False, 0.8), scanned(False, 0.8, tiles=1000)
    assert (small.counted(rule), large.counted(rule)) == (1, 0)
    assert large.counted(FindingRule(0.7, growth=0)) == 1


def test_the_rule_leaves_few_false_findings_in_the_mean_over_origins():
    walls = [scanned(False, 0.82), scanned(True, 0.99)]  # one a sound photo up to 0.8
    floors = [scanned(False, 0.62)] + [scanned(False)] * 4  # 0.2 up to 0.6
    decks = [scanned(True, 0.9)]
    rule = FindingRule(0.75, growth=0.5)
    assert choose_rule([walls, floors, decks], rule) == FindingRule(0.85, growth=0.5)  # (1 + 0) / 2 is too many
    assert choose_rule([floors, decks], rule) == FindingRule(0.5, growth=0.5)
    assert choose_rule([decks], rule) == rule
    assert choose_rule([[scanned(False, 0.999)]], rule).threshold == 0.95


def test_photos_of_one_label_have_no_other_figures_and_no_auc():
    alone = [scanned(False, 0.9)]
    assert ScanFigures.of(alone, FindingRule(0.5)).found is None
    assert ScanFigures.of(alone, FindingRule(0.5)).covered is None
    assert auc(alone) is None
    cracked = [scanned(True, 0.9)]
    assert ScanFigures.of(cracked, FindingRule(0.5)).false_findings is None
    assert ScanFigures.of(cracked, FindingRule(0.5)).sound is None


def test_auc_of_three_ways():
    photos = [
        scanned(False, score=0.1, whole=0.9, highest=0.5),
        scanned(True, score=0.8, whole=0.1, highest=0.5),
    ]
    assert auc(photos) == {"scan": 1.0, "squashed": 0.0, "highest": 0.5}


@pytest.fixture
def model() -> FakeModel:
    return FakeModel(looks_for_dark, lambda photo: resize(photo, SIDE), (SIDE, SIDE))


def write(folder: Path, name: str, pixels: np.ndarray) -> Path:
    path = folder / name
    path.write_bytes(png(pixels))
    return path


def test_a_photo_with_a_mask(tmp_path, model):
    photo = write(tmp_path, "wall.png", wall(CRACK).rgb)
    inside = np.zeros((1000, 1400, 3), dtype=np.uint8)
    inside[CRACK] = 255
    inside[900:906, 300:1100] = 255  # a crack of the same length that nothing shows
    found = scan_labelled(model, LabelledFile(photo, 1, write(tmp_path, "mask.png", inside)), ScanSettings())
    assert found.cracked
    assert len(found.findings) == 1
    assert found.covered == (pytest.approx(0.5, abs=0.03),)
    assert found.covered_by(FindingRule(0.99)) == 0
    assert found.highest == pytest.approx(0.95)
    assert found.score == found.findings[0]
    assert found.whole == pytest.approx(0.95)  # 6 of 1000 rows are most of a row of the network's


def test_a_sound_photo_without_one(tmp_path, model):
    found = scan_labelled(model, LabelledFile(write(tmp_path, "wall.png", wall().rgb), 0, None), ScanSettings())
    assert found.findings == ()
    assert found.covered is None
    assert found.counted(FindingRule(0.1)) == 0
    assert found.highest == pytest.approx(0.03)


def test_what_cannot_be_read_is_said(tmp_path, model):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no photo")
    with pytest.raises(PhotoError):
        scan_labelled(model, LabelledFile(broken, 0, None), ScanSettings())
    with pytest.raises(DataError, match="mask"):
        scan_labelled(model, LabelledFile(write(tmp_path, "wall.png", wall().rgb), 1, broken), ScanSettings())
