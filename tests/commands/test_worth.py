"""``explain --faithful`` and ``--truth``, and ``verify`` of what they write."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from crackxai.cli import FAILED, OK, SOME_FAILED, main
from tests import tiny

FAST = ["--masker", "blur", "--blur-kernel", "31", "--max-evals", "200", "--out", "maps"]


@pytest.fixture
def mask(here) -> Path:
    """Of wall.png."""
    white = tiny.samples()[0].mask.astype(np.uint8) * 255
    assert cv2.imwrite("wall-mask.png", white)
    return here / "wall-mask.png"


def record() -> dict:
    return json.loads(Path("maps/wall.explanation.json").read_text("utf-8"))


def test_a_tested_map(here, capsys):
    assert main(["explain", "wall.png", *FAST, "--faithful", "--orders", "3", "--fill", "inpaint_telea"]) == OK
    out = capsys.readouterr().out
    assert "of the area that the map says raises the probability most takes it from" in out
    assert "of 3 random orders" in out
    assert "**" not in out
    found = record()["faithfulness"]
    assert found["settings"] == {"other": {"masker": "inpaint_telea"}, "orders": 3, "seed": 0}
    assert cv2.imread("maps/wall.explanation.curves.png").shape[1] > 900
    assert main(["verify", "maps/wall.explanation.json", "wall.png"]) == OK
    assert "identical" in capsys.readouterr().out


def test_without_being_asked_nothing_is_tested(here):
    assert main(["explain", "wall.png", *FAST]) == OK
    assert not {"faithfulness", "localisation"} & record().keys()
    assert not Path("maps/wall.explanation.curves.png").exists()


def test_a_map_on_its_mask(here, mask, capsys):
    assert main(["explain", "wall.png", *FAST, "--truth", "wall-mask.png", "--widen", "3", "--json"]) == OK
    (row,) = json.loads(capsys.readouterr().out)["explanations"]
    assert row["localisation"] == record()["localisation"]
    assert row["localisation"]["widened"] == 3
    assert row["localisation"]["mass"] > row["localisation"]["area"] > 0
    command = ["verify", "maps/wall.explanation.json", "wall.png", "--truth"]
    assert main([*command, "wall-mask.png"]) == OK
    assert "not compared" not in capsys.readouterr().out
    cv2.imwrite("other.png", np.rot90(cv2.imread("wall-mask.png")))
    assert main([*command, "other.png"]) == FAILED


def test_a_folder_of_masks(here, mask, capsys):
    Path("masks").mkdir()
    shutil.copy(mask, "masks/wall.png")
    shutil.copy("wall.png", "other.png")
    assert main(["explain", "wall.png", "other.png", *FAST, "--truth", "masks"]) == SOME_FAILED
    told = capsys.readouterr()
    assert "lies on the true crack (widened by 2 pixels" in told.out
    assert "other.png: expected a mask" in told.err


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--truth", "wall-mask.png"], "expected one photo with the mask wall-mask.png, received 2"),
        (["--truth", ".", "--widen", "99"], "widen by 0 to 50 pixels, received 99"),
        (["--faithful", "--orders", "101"], "orders to be a whole number from 1 to 100, received 101"),
    ],
)
def test_what_is_refused_before_any_work(here, mask, loads, capsys, options, reason):
    assert main(["explain", "wall.png", "floor.png", *FAST, *options]) == FAILED
    assert reason in capsys.readouterr().err
    assert loads == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged or foreign"),
        (b"no picture", "damaged or foreign"),
        (cv2.imencode(".png", np.full((5, 7), 255, np.uint8))[1].tobytes(), "size 480 x 480, received 7 x 5"),
        (cv2.imencode(".png", np.zeros((480, 480), np.uint8))[1].tobytes(), "with a crack, received one without"),
        (None, "expected a mask"),
    ],
)
def test_masks_that_are_none(here, capsys, content, reason):
    if content is not None:
        Path("mask.png").write_bytes(content)
    assert main(["explain", "wall.png", *FAST, "--truth", "mask.png"]) == FAILED
    assert reason in capsys.readouterr().err
