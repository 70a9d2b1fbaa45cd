"""``explain`` writes beside everything that is there, and over nothing."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from crackxai.cli import FAILED, OK, SOME_FAILED, main
from tests.test_files import full_disk

FAST = ["--masker", "mean", "--max-evals", "50"]
ENDINGS = (".json", ".npz", ".png")


def contents(folder: Path = Path()) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def results(*stems: str) -> set[str]:
    return {f"{stem}.explanation{end}" for stem in stems for end in ENDINGS}


def test_the_photo_and_its_neighbours_stay_as_they_are(here, capsys):
    Path("wall.json").write_text("an annotation")
    Path("wall.npz").write_text("a mask")
    Path("explanations").mkdir()
    before = contents()
    assert main(["explain", "wall.png", *FAST]) == OK
    after = contents()
    assert after | before == after
    assert set(after) - set(before) == results("explanations-2/wall")
    assert "new folder explanations-2" in capsys.readouterr().err


@pytest.mark.parametrize("out", [".", "maps"])
def test_what_is_there_is_written_over_with_force_only(here, capsys, out):
    command = ["explain", "wall.png", "--out", out, *FAST]
    assert main(command) == OK
    record = Path(out) / "wall.explanation.json"
    record.write_text("mine")
    before = contents()
    assert main(command) == FAILED
    assert "wall.explanation.png: expected a name that is free" in capsys.readouterr().err.replace(os.sep, "/")
    assert contents() == before
    assert main([*command, "--force"]) == OK
    assert json.loads(record.read_text("utf-8"))["photo"]["name"] == "wall.png"
    assert Path("wall.png").read_bytes() == before["wall.png"]


def test_one_taken_name_does_not_stop_the_others(here):
    Path("maps").mkdir()
    Path("maps/wall.explanation.npz").write_text("mine")
    assert main(["explain", "wall.png", "floor.png", "--out", "maps", *FAST]) == SOME_FAILED
    assert contents(Path("maps")).keys() == {"maps/wall.explanation.npz", *results("maps/floor")}
    assert Path("maps/wall.explanation.npz").read_text() == "mine"


def test_not_even_force_writes_over_a_photo_of_the_command(here):
    shutil.copy("floor.png", "wall.explanation.png")
    before = contents()
    assert main(["explain", "wall.png", "wall.explanation.png", "--out", ".", "--force", *FAST]) == OK
    assert contents() | before == contents()
    assert results("wall-2", "wall.explanation") <= set(contents())


def test_photos_whose_names_differ_in_case_ending_or_folder_only(here):
    Path("other").mkdir()
    names = ["wall.png", "wall.JPG", "Wall.png", "other/wall.png", "wall-2.png"]
    for name in names[1:]:
        shutil.copy("floor.png", name)
    assert main(["explain", *names, "--out", "maps", *FAST]) == OK
    written = contents(Path("maps"))
    assert len(written) == 3 * len(names)
    assert len({name.casefold() for name in written}) == len(written)
    assert results("maps/wall", "maps/wall-2", "maps/Wall-3", "maps/wall-4", "maps/wall-2-2") == set(written)


def test_the_whole_path_tells_photos_of_one_name_apart(here, capsys):
    for folder in ("east", "west"):
        Path(folder).mkdir()
        shutil.copy("wall.png", f"{folder}/wall.png")
    assert main(["explain", "east/wall.png", "west/wall.png", "--json", "--out", "maps", *FAST]) == OK
    rows = json.loads(capsys.readouterr().out)["explanations"]
    assert [row["path"] for row in rows] == [str(here / folder / "wall.png") for folder in ("east", "west")]
    assert rows[1]["files"]["record"] == str(here / "maps" / "wall-2.explanation.json")


def test_a_full_disk_leaves_no_half_file_and_the_rest_goes_on(here, capsys, monkeypatch):
    from crackxai.commands import explain as command
    from crackxai.files import write_files

    def first_time_full(files, replace):
        monkeypatch.setattr(command, "write_files", write_files)
        with full_disk():
            write_files(files, replace)

    monkeypatch.setattr(command, "write_files", first_time_full)
    assert main(["explain", "wall.png", "floor.png", "--out", "maps", "--json", *FAST]) == SOME_FAILED
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert [Path(failure["path"]).name for failure in answer["failures"]] == ["wall.png"]
    assert "wall.explanation.png: cannot be written: File too large" in told.err
    assert set(contents(Path("maps"))) == results("maps/floor")


def test_a_folder_that_nothing_was_written_to_is_not_left(here, capsys, monkeypatch):
    from crackxai.commands import explain as command
    from crackxai.errors import OutputError

    def fail(*_: object) -> None:
        raise OutputError("no")

    monkeypatch.setattr(command, "write_files", fail)
    assert main(["explain", "wall.png", *FAST]) == FAILED
    assert main(["explain", "absent.png", *FAST]) == FAILED
    assert not Path("explanations").exists()


def test_a_folder_that_cannot_be(here, capsys):
    assert main(["explain", "wall.png", "--out", "floor.png/maps", *FAST]) == FAILED
    assert "floor.png/maps: cannot be written: Not a directory" in capsys.readouterr().err


NASTY = [
    "a$b$c^{x}.png",
    "$\\frac{.png",
    "牆面裂縫.png",
    "n" * 251 + ".png",
    "牆" * 83 + ".png",
    "-x.png",
    "a\nb\x1b[2J.png",
]


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not allow")
@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
def test_names_of_every_kind(here, capsys, name):
    shutil.copy("wall.png", name)
    assert main(["explain", f"./{name}", "--out", "maps", *FAST]) == OK
    told = capsys.readouterr()
    assert len(told.out.splitlines()) == 1
    assert told.out.rstrip("\n").isprintable()
    (figure,) = Path("maps").glob("*.png")
    (record,) = Path("maps").glob("*.json")
    assert figure.stem == record.stem
    assert json.loads(record.read_text("utf-8"))["photo"]["name"] == name


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_a_name_that_is_no_text(here, capsys):
    name = os.fsdecode(b"wall-\xff.png")
    shutil.copy("wall.png", name)
    assert main(["explain", name, "--out", "maps", "--json", *FAST]) == OK
    (row,) = json.loads(capsys.readouterr().out)["explanations"]
    assert os.fsencode(row["path"]).endswith(b"wall-\xff.png")
    record = json.loads(Path(row["files"]["record"]).read_text("utf-8"))
    assert os.fsencode(record["photo"]["name"]) == b"wall-\xff.png"


def test_one_model_for_all(here, loads):
    main(["explain", "wall.png", "floor.png", "--out", "maps", *FAST])
    assert len(loads) == 1


def test_of_values_that_do_not_add_up_sum_and_difference_are_told(here, capsys):
    assert main(["explain", "wall.png", "--method", "occlusion", "--masker", "mean", "--across", "3"]) == OK
    told = capsys.readouterr().out
    assert "11 evaluations" in told
    assert "The values need not add up: their sum is " in told
    assert main(["explain", "wall.png", "--method", "cam"]) == OK
    told = capsys.readouterr().out
    assert "1 evaluation in" in told
    assert "need not add up" not in told
