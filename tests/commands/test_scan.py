"""``scan`` beside ``explain``: the same care for files, photos and answers."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import weakref
from pathlib import Path

import cv2
import numpy as np
import pytest

from crackxai import read_photo
from crackxai.cli import FAILED, OK, SOME_FAILED, main
from crackxai.commands import photos
from crackxai.inspection.wall_scale import DICTIONARY
from crackxai.png import png

ENDINGS = (".png", ".csv", ".npz", ".json")


@pytest.fixture
def facade(here) -> Path:
    """A photo of 900 x 1200 pixels: the drawn wall with a crack, and the sound one, beside and below each other."""
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
    maps = {"facade.finding-1.explanation.png", "facade.finding-1.explanation.npz", "facade.scan.maps.png"}
    assert maps <= written("found")
    # And what was written can be checked as any explanation.
    assert main(["verify", "found/facade.finding-1.explanation.json", "facade.png"]) == OK


def test_millimetres_by_a_number(facade, capsys):
    assert main(["scan", "facade.png", "--mm-per-pixel", "0.2", "--out", "found", "--threshold", "0.4"]) == OK
    told = capsys.readouterr().out
    assert "on 0.043 m² of wall" in told
    assert "0.3 mm are 1.5 pixels" in told
    rows = list(csv.DictReader(io.StringIO(Path("found/facade.scan.csv").read_text("utf-8"))))
    assert rows
    assert all(float(row["length_mm"]) == pytest.approx(0.2 * float(row["length_pixels"]), abs=1) for row in rows)


def test_millimetres_by_a_marker_and_a_photo_without_one(facade, capsys):
    assert main(["marker", "--out", "sheet.pdf", "--mm", "40"]) == OK
    assert Path("sheet.pdf").read_bytes().startswith(b"%PDF")
    rgb = read_photo(Path("facade.png")).rgb.copy()
    marker = cv2.aruco.generateImageMarker(cv2.aruco.getPredefinedDictionary(DICTIONARY), 0, 160)
    rgb[600:800, 800:1000] = 255
    rgb[620:780, 820:980] = marker[..., None]
    Path("marked.png").write_bytes(png(rgb))
    assert main(["scan", "marked.png", "facade.png", "--marker", "40", "--json", "--out", "found"]) == SOME_FAILED
    answer = json.loads(capsys.readouterr().out.partition("sheet.pdf\n")[2])
    (row,) = answer["scans"]
    assert row["wall_scale"]["source"] == "marker"
    assert row["square_metres"] == pytest.approx(1200 * 900 * 0.25**2 / 1e6, rel=0.05)
    (failure,) = answer["failures"]
    assert "expected a marker" in failure["error"]


def test_one_scale_is_enough(facade, capsys):
    with pytest.raises(SystemExit):
        main(["scan", "facade.png", "--marker", "40", "--mm-per-pixel", "1"])
    assert "not allowed with" in capsys.readouterr().err


def test_one_bad_photo_does_not_stop_the_others(facade, capsys):
    Path("broken.jpg").write_bytes(b"not a photo")
    assert main(["scan", "broken.jpg", "facade.png", "--json", "--out", "found"]) == SOME_FAILED
    answer = json.loads(capsys.readouterr().out)
    assert [Path(failure["path"]).name for failure in answer["failures"]] == ["broken.jpg"]
    assert len(answer["scans"]) == 1


def test_no_photo_is_kept_while_the_next_one_is_read(here, monkeypatch, capsys):
    """Nor one that could not be scanned, for want of a marker."""
    pixels: list[weakref.ref] = []

    def read(path, name):
        assert not [array for array in pixels if array() is not None], "the photo before is still in memory"
        photo = read_photo(path, name)
        pixels.append(weakref.ref(photo.rgb))
        return photo

    monkeypatch.setattr(photos, "read_photo", read)
    assert main(["scan", "wall.png", "floor.png", "wall.png", "--out", "found"]) == OK
    assert main(["scan", "wall.png", "floor.png", "--marker", "50", "--out", "found"]) == FAILED
    assert len(pixels) == 5


def test_memory_stays_flat_over_many_photos(here, monkeypatch, capsys):
    for number in range(80):
        rgb = np.array(read_photo(Path("wall.png")).rgb[:160, :160])
        rgb[0, :8] = number  # no two are the same
        Path(f"wall-{number:03}.png").write_bytes(png(rgb))
    held = []

    def read(path, name):
        held.append(tracemalloc.get_traced_memory()[0])
        return read_photo(path, name)

    monkeypatch.setattr(photos, "read_photo", read)
    names = sorted(str(path) for path in Path().glob("wall-*.png"))
    tracemalloc.start()
    try:
        assert main(["scan", *names, "--out", "found", "--json"]) == OK
    finally:
        tracemalloc.stop()
    assert len(held) == len(json.loads(capsys.readouterr().out)["scans"]) == 80
    # All that grows is the answer, which has a row of each; the pixels of one photo alone are 76,800 bytes.
    assert held[79] - held[30] < 49 * 20_000


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
