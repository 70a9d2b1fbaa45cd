"""Models trained without some origins, judged on them."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from crackxai import DataError, ModelError
from crackxai.cli import FAILED, OK, main
from crackxai.model import cross_validation, training
from crackxai.model.card import PEOPLE_FILE, read_card
from crackxai.model.cross_validation import cross_validate, groups_of
from crackxai.model.measurements import read_measurements
from crackxai.model.origins import OriginPart, OriginPhoto, find_origins
from crackxai.model.recipes import FINETUNE
from crackxai.model.training_data import read_parts
from crackxai.samples import draw_samples
from tests.model.test_training_data import _write

RECIPE = dataclasses.replace(FINETUNE, phases=((150, 1),), batch_size=4)


def part(name: str, cracked: int, sound: int) -> OriginPart:
    rgb = np.zeros((4, 4, 3), np.uint8)
    return OriginPart(name, tuple(OriginPhoto(rgb, label, None, None) for label in [1] * cracked + [0] * sound))


def test_origins_of_one_label_are_left_out_in_pairs():
    parts = [part("decks", 9, 0), part("walls", 3, 2), part("floors", 0, 5), part("roads", 0, 7), part("piers", 4, 0)]
    assert groups_of(parts) == [("walls",), ("decks", "roads"), ("piers", "floors")]
    assert groups_of(parts[:4]) == [("walls",), ("decks", "roads"), ("floors",)]


@pytest.fixture
def tiny_copy(tmp_path, tiny_folder):
    return shutil.copytree(tiny_folder, tmp_path / "model")


@pytest.fixture(scope="module")
def origins(tmp_path_factory):
    root = tmp_path_factory.mktemp("origins")
    drawn = iter(draw_samples(60, seed=6, side=200))
    for name in ("walls", "piers"):
        for inside in ("train", "val"):
            _write(root / name / inside, [next(drawn) for _ in range(6)], masks=True)
    for inside in ("train", "val"):
        _write(root / "floors" / inside, [s for s in (next(drawn) for _ in range(8)) if not s.cracked])
    return root


def test_nothing_of_what_is_left_out_is_trained_on(origins, tmp_path, tiny_folder, monkeypatch):
    seen = []
    fit = training.fit

    def watched(train, *rest, **more):
        seen.append({pool.name for pools in train._pools.values() for pool in pools})
        return fit(train, *rest, **more)

    monkeypatch.setattr("crackxai.model.cross_validation.fit", watched)
    found = find_origins([origins])
    parts = read_parts(found, 0.1, 0)
    (left,) = cross_validate(found, parts, [("piers", "floors")], RECIPE, tmp_path, str(tiny_folder), pictures=8)
    assert seen == [{"walls"}]
    assert [figures.name for figures in left.figures] == ["floors", "piers"]
    assert len(left.answers.labels) == sum(
        rate.windows for figures in left.figures for rate in (figures.recall, figures.specificity) if rate
    )
    assert (left.answers.doubts >= 0).all()
    with pytest.raises(DataError, match="to judge, of floors, piers, walls, received roofs"):
        cross_validate(found, parts, [("roofs",)], RECIPE, tmp_path, str(tiny_folder))


def test_the_figures_land_on_the_card(origins, tmp_path, tiny_copy, tiny_folder, capsys):
    command = ["crossvalidate", str(origins), "--out", str(tmp_path / "runs"), "--weights", str(tiny_folder)]
    command += ["--phases", "150x1", "--pictures", "8", "--batch-size", "4", "--leave", "piers", "walls+floors"]
    assert main([*command, "--model", str(tiny_copy)]) == OK
    text = capsys.readouterr().out
    assert "trained without piers: balanced accuracy" in text
    assert "trained without walls and floors: balanced accuracy" in text
    card = read_card(tiny_copy)
    assert [group["names"] for group in card.left_out["groups"]] == [["piers"], ["walls", "floors"]]
    assert card.left_out["command"].startswith("python -m crackxai crossvalidate")
    words = (tiny_copy / PEOPLE_FILE).read_text("utf-8")
    assert "| piers (of piers) |" in words
    assert "| floors (of walls and floors) |" in words
    kept = read_measurements(tiny_copy)
    assert kept.left_out is not None
    assert kept.training is not None  # what was measured before is still there
    windows = [o for group in card.left_out["groups"] for o in group["origins"]]
    assert len(kept.left_out.labels) == sum(
        origin[rate]["windows"] for origin in windows for rate in ("recall", "specificity") if origin[rate]
    )


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="this system does not fork")
def test_processes_draw_the_pictures_of_every_run(origins, tmp_path, tiny_folder):
    """From the shell, as it is used: this process has Keras in it already, and must not be forked."""
    command = [sys.executable, "-m", "crackxai", "crossvalidate", str(origins), "--weights", str(tiny_folder)]
    command += ["--phases", "150x1", "--pictures", "8", "--batch-size", "4", "--leave", "piers", "walls+floors"]
    command += ["--out", str(tmp_path), "--workers", "2"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == OK, done.stderr
    assert "trained without piers: balanced accuracy" in done.stdout
    assert "trained without walls and floors: balanced accuracy" in done.stdout
    assert "mean balanced accuracy of 2" in done.stdout
    for group in ("piers", "walls+floors"):
        assert (tmp_path / group / "history.csv").exists()


def test_a_run_that_fails_in_its_own_process_says_why(tmp_path):
    def wrong() -> None:
        raise DataError("no photos of piers")

    with pytest.raises(DataError, match="no photos of piers"):
        cross_validation._apart(wrong)
    with pytest.raises(ModelError, match="ended without a word"):
        cross_validation._apart(lambda: os._exit(9))


def test_a_start_that_saw_what_is_left_out_is_refused(origins, tmp_path, tiny_copy, capsys):
    facts = json.loads((tiny_copy / "card.json").read_text("utf-8"))
    facts["data"] |= {"origin walls": "of ours"}
    (tiny_copy / "card.json").write_text(json.dumps(facts), "utf-8")
    command = ["crossvalidate", str(origins), "--out", str(tmp_path / "runs"), "--weights", str(tiny_copy)]
    assert main([*command, "--phases", "150x1", "--leave", "walls"]) == FAILED
    assert "received one trained on walls" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()
