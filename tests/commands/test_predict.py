"""``predict``: a photo at a time, told as it comes, on every terminal."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from crackxai.cli import FAILED, OK, READER_GONE, SOME_FAILED, main
from crackxai.commands import photos as reading
from crackxai.model.decision import judge
from crackxai.photo import read_photo
from crackxai.render import png
from crackxai.samples import draw_samples

ROOT = Path(__file__).parent.parent.parent


def test_each_photo_is_answered_before_the_next_is_read_and_none_is_kept(here, monkeypatch):
    for i in range(4):
        shutil.copy("wall.png", f"{i}.png")
    out, before, pixels = io.StringIO(), [], []

    def read(path, name):
        assert not [array for array in pixels if array() is not None], "the photo before is still in memory"
        before.append(out.getvalue().count("wall-like"))
        photo = read_photo(path, name)
        pixels.append(weakref.ref(photo.rgb))
        return photo

    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(reading, "read_photo", read)
    Path("wall-like").mkdir()
    for i in range(4):
        shutil.move(f"{i}.png", f"wall-like/{i}.png")
    assert main(["predict", *(f"wall-like/{i}.png" for i in range(4))]) == OK
    assert before == [0, 1, 2, 3]


def test_the_json_is_written_as_it_comes_and_whole_when_it_is_stopped(here, monkeypatch, capsys):
    def read(path, name):
        if "floor" in name:
            raise KeyboardInterrupt
        return read_photo(path, name)

    monkeypatch.setattr(reading, "read_photo", read)
    assert main(["predict", "wall.png", "absent.png", "floor.png", "--json"]) == 130
    answer = json.loads(capsys.readouterr().out)
    assert [row["photo"] for row in answer["photos"]] == ["wall.png"]
    assert [row["photo"] for row in answer["failures"]] == ["absent.png"]


def test_nothing_read_is_an_empty_answer(here, capsys):
    assert main(["predict", "absent.png", "--json"]) == FAILED
    answer = json.loads(capsys.readouterr().out)
    assert answer["photos"] == []
    assert answer["failures"][0]["path"] == str(here / "absent.png")


def test_the_verdict_is_that_of_the_page(tmp_path, bundled, capsys):
    """Sample 8 is the one that the page calls in need of review."""
    sample = list(draw_samples(8, seed=0))[7]
    path = tmp_path / "sample-08.png"
    path.write_bytes(png(sample.rgb))
    dark = tmp_path / "dark.png"
    dark.write_bytes(png(sample.rgb // 8))
    assert main(["predict", str(path), str(dark), "--json"]) == OK
    rows = json.loads(capsys.readouterr().out)["photos"]
    for row, file in zip(rows, (path, dark), strict=True):
        assert row["verdict"] == json.loads(json.dumps(judge(bundled, read_photo(file)).to_record()))
    assert rows[1]["verdict"]["kind"] == "review"
    assert main(["predict", str(dark)]) == OK
    told = capsys.readouterr()
    assert "needs review" in told.out
    assert "doubt: Too dark" in told.out
    low, high = bundled.threshold - bundled.band, bundled.threshold + bundled.band
    assert f"needs review between {low:.1%} and {high:.1%}" in told.err


def test_a_model_that_gives_no_probability_is_an_error_of_each_photo(here, overflowing_folder, monkeypatch, capsys):
    monkeypatch.undo()
    path = str(here / "wall.png")
    assert main(["predict", path, path, "--model", str(overflowing_folder), "--json"]) == FAILED
    told = capsys.readouterr()
    assert len(json.loads(told.out)["failures"]) == 2
    assert "NaN" not in told.out


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("https://example.com/wall.png", "https://example.com/wall.png: expected a file, received an address"),
        ("file:///wall.png", "received an address"),
        ("-", "received a dash. Standard input is not read"),
        ("photos", f"photos: expected a photo, received a folder. Name the photos in it, such as 'photos{os.sep}*'"),
        ("*.tif", "*.tif: expected photos, received a pattern that no file matches"),
        ("photos/absent.png", "photos/absent.png: cannot be read"),
        ("", "expected"),
    ],
)
def test_what_is_no_photo_gets_a_hint(here, capsys, given, hint):
    Path("photos").mkdir()
    assert main(["predict", given]) == FAILED
    assert hint in capsys.readouterr().err
    assert main(["predict", given, "wall.png"]) == SOME_FAILED


def test_a_quoted_pattern_stands_for_its_files(here, capsys):
    Path("[1].png").write_bytes(Path("wall.png").read_bytes())
    assert main(["predict", "*.png", "[1].png", "--json"]) == OK
    rows = json.loads(capsys.readouterr().out)["photos"]
    assert [row["photo"] for row in rows] == ["[1].png", "floor.png", "wall.png", "[1].png"]


def test_photos_of_one_name_can_be_told_apart(here, capsys):
    Path("other").mkdir()
    shutil.copy("wall.png", "other")
    Path("other/broken.png").write_text("no photo")
    assert main(["predict", "wall.png", "other/wall.png", "other/broken.png"]) == SOME_FAILED
    told = capsys.readouterr()
    assert [line.split()[-1] for line in told.out.splitlines()] == ["wall.png", "other/wall.png"]
    assert "error: other/broken.png: expected" in told.err


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not allow")
def test_a_name_cannot_steer_the_terminal(here, capsys):
    nasty = "a\n100.0%  crack \x1b[2J\u202egnp\u2028.png"
    shutil.copy("wall.png", nasty)
    Path("b\x1b]0;x\x07.png").write_text("no photo")
    assert main(["predict", nasty, "b\x1b]0;x\x07.png", "\r.png"]) == SOME_FAILED
    told = capsys.readouterr()
    assert r"a\n100.0%  crack \x1b[2J\u202egnp\u2028.png" in told.out
    assert r"b\x1b]0;x\x07.png" in told.err
    for stream in (told.out, told.err):
        assert all(line.isprintable() for line in stream.splitlines())
    assert len(told.out.splitlines()) == 1


def test_a_name_that_begins_with_a_dash_is_told_apart_from_an_option(here, capsys):
    with pytest.raises(SystemExit):
        main(["predict", "wall.png", "-\x1b[2J.png"])
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.isprintable()
    assert r"./-\x1b[2J.png" in told


@pytest.fixture(scope="module")
def photos_of_the_world(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("world")
    data = png(next(draw_samples(1, seed=0)).rgb)
    names = ["牆面.png", "Süd\x81.png", "🧱.png"]
    for name in names:
        (folder / name).write_bytes(data)
    return [str(folder / name) for name in names]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8", "cp950"])
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_no_row_is_lost_to_an_encoding(photos_of_the_world, encoding, form):
    command = [sys.executable, "-m", "crackxai", "predict", *photos_of_the_world, "absent-牆.png", *form]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, env={**os.environ, "PYTHONIOENCODING": encoding}, check=False
    )
    assert done.returncode == SOME_FAILED, done.stderr
    out = done.stdout.decode(encoding)
    if form:
        answer = json.loads(out)
        assert [row["path"] for row in answer["photos"]] == photos_of_the_world
        assert answer["failures"][0]["photo"] == "absent-牆.png"
    else:
        assert len(out.splitlines()) == 3
    if encoding == "utf-8":
        assert "牆面.png" in out


def test_a_reader_that_has_gone_is_no_error(photos_of_the_world):
    command = [sys.executable, "-m", "crackxai", "predict", *photos_of_the_world]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.wait(120) == READER_GONE
        assert b"Traceback" not in process.stderr.read()
