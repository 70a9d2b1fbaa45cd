"""``benchmark-maps`` over folders of every layout."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from crackxai.cli import FAILED, OK, SOME_FAILED, main
from crackxai.commands.masked_photos import MaskedPhoto, masked_photos
from crackxai.errors import DataError
from tests import tiny

FEW = ["--maskers", "blur", "mean", "--budgets", "50", "100", "--orders", "1"]


def write_mask(path: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(path, tiny.samples()[0].mask.astype(np.uint8) * 255)


@pytest.fixture
def photos(here) -> Path:
    """wall.png with its mask, floor.png without, and a file that is no photo."""
    Path("photos").mkdir()
    for name in ("wall.png", "floor.png"):
        shutil.move(name, f"photos/{name}")
    write_mask("photos/masks/wall.png")
    Path("photos/notes.txt").write_text("none")
    return here / "photos"


def test_a_table_for_people(photos, loads, capsys):
    assert main(["benchmark-maps", "photos", *FEW, "--vary", "batch_size=20,50"]) == OK
    out = capsys.readouterr().out
    assert "1 photos that lean to crack" in out
    assert "1 photos that lean to sound" in out
    assert "Mean, 50 evaluations, batch_size=20" in out
    assert out.count("Blur 15 x 15, 100 evaluations") == 6  # two batch sizes, in two tables of tests, one of a mask
    assert "on the true crack of 1 photos with masks, widened by 2 pixels: by chance" in out
    assert "of fewer than 10 photos these intervals are too narrow" in out
    assert len(loads) == 1


def test_for_a_program(photos, capsys):
    assert main(["benchmark-maps", "photos", *FEW, "--json", "--csv", "maps.csv"]) == OK
    found = json.loads(capsys.readouterr().out)
    assert len(found["maps"]) == 8
    assert len(found["settings"]) == 8
    for each in found["settings"]:
        mean = each["means"]["deletion_gain"]
        assert mean["low"] <= mean["value"] <= mean["high"]
        assert ("rank" in each["means"]) == (each["leans_to"] == "crack")
    assert found["left_out"][0]["reason"] == "no photo"
    rows = list(csv.DictReader(Path("maps.csv").read_text("utf-8").splitlines()))
    assert [row["photo"] for row in rows] == [each["photo"] for each in found["maps"]]
    assert float(rows[0]["deletion"]) == found["maps"][0]["deletion"]
    assert main(["benchmark-maps", "photos", *FEW, "--csv", "maps.csv"]) == FAILED


def test_other_methods_beside_it(photos, capsys):
    methods = ["--methods", "partition", "rise", "cam"]
    assert (
        main(["benchmark-maps", "photos", *methods, "--maskers", "mean", "--budgets", "50", "--csv", "maps.csv"]) == OK
    )
    out = capsys.readouterr().out
    assert "RISE" in out
    assert "class activation mapping, 1 evaluation " in out
    rows = list(csv.DictReader(Path("maps.csv").read_text("utf-8").splitlines()))
    told = [(row["method"], row["masker"], row["cells"]) for row in rows]
    assert sorted(told) == 2 * [("cam", "", "")] + 2 * [("partition", "mean", "")] + 2 * [("rise", "mean", "7")]
    assert all(row["deletion"] for row in rows)


def test_a_photo_that_cannot_be_used(photos, capsys):
    Path("photos/broken.jpg").write_text("no photo")
    assert main(["benchmark-maps", "photos", "--maskers", "mean", "--budgets", "50", "--orders", "1"]) == SOME_FAILED
    assert "1 photo cannot be read" in capsys.readouterr().err


def test_some_photos_are_drawn(photos, capsys):
    assert main(["benchmark-maps", "photos", *FEW, "--photos", "1", "--json"]) == OK
    assert len({each["photo"] for each in json.loads(capsys.readouterr().out)["maps"]}) == 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["absent"], "expected a folder of photos, received absent"),
        (["photos/masks"], "expected photos in"),
        (["photos", "--vary", "smoke=1"], "received smoke"),
        (["photos", "--orders", "101"], "from 1 to 100"),
        (["photos", "--budgets", "10"], "max_evals to be a whole number"),
    ],
)
def test_what_is_refused_before_any_work(photos, loads, capsys, options, reason):
    assert main(["benchmark-maps", *options]) == FAILED
    assert reason in capsys.readouterr().err
    assert loads == []


@pytest.mark.parametrize("text", ["smoke", "=1", "smoke="])
def test_what_is_no_variation(photos, capsys, text):
    with pytest.raises(SystemExit):
        main(["benchmark-maps", "photos", "--vary", text])
    assert "expected NAME=VALUE,VALUE" in capsys.readouterr().err


def test_origins(here):
    for part in ("val", "test"):
        Path(f"origin/{part}/Positive").mkdir(parents=True)
        shutil.copy("wall.png", f"origin/{part}/Positive/{part}.png")
    write_mask("origin/val/masks/val.png")
    (found,), _ = masked_photos(Path("origin"), "val")
    assert found == MaskedPhoto(Path("origin/val/Positive/val.png"), Path("origin/val/masks/val.png"))
    (found,), _ = masked_photos(Path("origin"), "test")
    assert found.mask is None
    with pytest.raises(DataError, match="--part for origins"):
        masked_photos(Path("origin"), "train")


def test_what_samples_writes(here):
    Path("drawn").mkdir()
    assert main(["samples", "--out", "drawn", "--count", "2"]) == OK
    found, _ = masked_photos(Path("drawn"), "val")
    assert [(each.path.name, each.mask and each.mask.name) for each in found] == [
        ("sample-01.png", "sample-01-mask.png"), ("sample-02.png", "sample-02-mask.png"),
    ]  # fmt: skip
