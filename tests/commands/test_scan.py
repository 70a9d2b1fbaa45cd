"""``scan`` beside ``explain``: the same care for files, photos and answers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from crackxai.cli import FAILED, OK, SOME_FAILED, main
from crackxai.png import png

ENDINGS = (".png", ".csv", ".npz", ".json")


@pytest.fixture
def facade(here) -> Path:
    """A photo of 900 x 1200 pixels: the drawn wall with a crack, and the sound one, beside and below each other."""
    from crackxai import read_photo

    cracked, sound = (read_photo(Path(name)).rgb for name in ("wall.png", "floor.png"))
    height, width = 450, 400
    tiles = [[cracked, sound, sound], [sound, sound, sound]]
    rgb = np.concatenate([np.concatenate([t[:height, :width] for t in row], axis=1) for row in tiles])
    Path("facade.png").write_bytes(png(rgb))
    return here


def written(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


def test_four_files_a_photo_in_a_new_folder(facade, capsys):
    assert main(["scan", "facade.png", "floor.png"]) == OK
    told = capsys.readouterr()
    assert "new folder scans" in told.err
    assert "facade.png:" in told.out
    assert "tiles in" in told.out
    assert written("scans") == {f"{stem}.scan{end}" for stem in ("facade", "floor") for end in ENDINGS}


def test_as_json_the_record_and_where_the_files_are(facade, capsys):
    assert main(["scan", "facade.png", "--json", "--out", "found", "--threshold", "0.4"]) == OK
    (row,) = json.loads(capsys.readouterr().out)["scans"]
    assert row["settings"]["threshold"] == 0.4
    assert row["photo"]["size"] == [1200, 900]
    assert row["path"] == str(facade / "facade.png")
    assert row["tiles"] == row["total"] > 60
    assert json.loads(Path(row["files"]["record"]).read_text("utf-8"))["score"] == row["score"]


def test_maps_of_the_best_findings(facade, capsys):
    assert main(["scan", "facade.png", "--explain", "1", "--out", "found"]) == OK
    record = json.loads(Path("found/facade.scan.json").read_text("utf-8"))
    assert record["findings"], "the tiny model finds the drawn crack"
    explained = json.loads(Path("found/facade.finding-1.explanation.json").read_text("utf-8"))
    assert explained["photo"]["box"] == record["findings"][0]["tile"]
    assert explained["probability"] == pytest.approx(record["findings"][0]["highest"], abs=1e-4)
    assert {"facade.finding-1.explanation.png", "facade.finding-1.explanation.npz"} <= written("found")
    # And what was written can be checked as any explanation.
    assert main(["verify", "found/facade.finding-1.explanation.json", "facade.png"]) == OK


def test_one_bad_photo_does_not_stop_the_others(facade, capsys):
    Path("broken.jpg").write_bytes(b"not a photo")
    assert main(["scan", "broken.jpg", "facade.png", "--json", "--out", "found"]) == SOME_FAILED
    answer = json.loads(capsys.readouterr().out)
    assert [Path(failure["path"]).name for failure in answer["failures"]] == ["broken.jpg"]
    assert len(answer["scans"]) == 1


def test_nothing_is_written_over_without_force(facade, capsys):
    Path("found").mkdir()
    Path("found/facade.scan.csv").write_text("mine")
    assert main(["scan", "facade.png", "--out", "found"]) == FAILED
    assert "expected a name that is free" in capsys.readouterr().err
    assert written("found") == {"facade.scan.csv"}
    assert main(["scan", "facade.png", "--out", "found", "--force"]) == OK
    assert Path("found/facade.scan.csv").read_text("utf-8") != "mine"


@pytest.mark.parametrize("wrong", [["--finest", "0"], ["--threshold", "0"], ["--threshold", "1.5"]])
def test_settings_out_of_range_stop_before_any_work(facade, capsys, wrong):
    assert main(["scan", "facade.png", *wrong]) == FAILED
    assert "expected" in capsys.readouterr().err
    assert not Path("scans").exists()


def test_a_folder_that_nothing_was_written_to_is_not_left(here, capsys):
    assert main(["scan", "nothing.jpg"]) == FAILED
    assert not Path("scans").exists()
