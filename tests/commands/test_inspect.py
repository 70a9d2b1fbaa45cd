"""``inspect`` and ``inspections``: what they say, and how they end."""

from __future__ import annotations

import json
import os

import pytest

from crackxai.cli import FAILED, OK, SOME_FAILED, main
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import open_records
from tests.inspection.photo_folders import archive, counts, drawn, photos


@pytest.fixture
def inspect(tiny_folder):
    """The command's exit status."""

    def run(source, name: str, *options: str) -> int:
        return main(["inspect", str(source), "--inspection", name, "--model", str(tiny_folder), *options])

    return run


def recorded():
    return open_records(os.environ["CRACKXAI_DB"], create=False)


def test_a_folder_into_a_new_inspection_and_again(inspect, tmp_path, capsys):
    folder = photos(tmp_path / "wall", range(3))
    (folder / "twice.png").write_bytes(drawn(1))
    (folder / "notes.txt").write_text("nothing")
    particulars = ["--structure", "Bridge 7", "--element", "pier 2", "--place", "north", "--date", "2026-03-01"]
    assert inspect(folder, "spring", *particulars, "--inspector", "Ada", "--explain-worst", "1") == OK
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0] == "photos: 4 of 4; judged now 3, known already 0, twice 1, unusable 0"
    assert lines[1].startswith("crack ")
    assert lines[2] == "maps: 1 made, 0 known already"
    assert "'spring'" in captured.err
    assert ": begun" in captured.err
    assert "1 left out (no photo): notes.txt" in captured.err
    assert "twice.png: the same photo as photo-01.png, taken once" in captured.err
    with recorded() as records:
        (row,) = records.inspections()
        assert row.said == Inspection("spring", "Bridge 7", "pier 2", "north", "2026-03-01", "Ada")
        assert counts(records, row.inspection) == (3, 3, 1)
    assert inspect(folder, "spring") == OK
    assert capsys.readouterr().out.startswith("photos: 4 of 4; judged now 0, known already 3, twice 1, unusable 0\n")
    with recorded() as records:
        assert len(records.inspections()) == 1
        assert counts(records, row.inspection) == (3, 3, 1)


def test_what_cannot_be_used_is_told_and_is_in_the_status(inspect, tmp_path, capsys):
    folder = photos(tmp_path / "wall", [0])
    (folder / "broken.jpg").write_bytes(b"none")
    assert inspect(folder, "spring", "--json") == SOME_FAILED
    answer = json.loads(capsys.readouterr().out)
    assert [row["photo"] for row in answer["photos"]] == ["photo-00.png"]
    assert answer["photos"][0]["came"] == "judged"
    assert [row["photo"] for row in answer["failures"]] == ["broken.jpg"]
    assert (answer["finished"], answer["inspection"]["name"], answer["inspection"]["begun"]) == (True, "spring", True)
    assert sum(answer["verdicts"].values()) == 1
    (folder / "photo-00.png").unlink()
    assert inspect(folder, "spring") == FAILED


def test_a_zip_and_a_scan(inspect, tmp_path, capsys):
    packed = archive(tmp_path / "photos.zip", {"a.png": drawn(0, 400), "../b.png": drawn(1)})
    assert inspect(packed, "spring", "--scan") == OK
    assert "a name that leads out of the archive" in capsys.readouterr().err
    with recorded() as records:
        (judgement,) = records.judgements(records.inspections()[0].inspection)
        assert judgement.said.settings["of"] == "scan"
        assert len(records.store.names()) == 1


@pytest.mark.parametrize("source", ["absent", "empty", "text.txt"])
def test_without_photos_nothing_is_begun(inspect, tmp_path, capsys, source):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("nothing")
    assert inspect(tmp_path / source, "spring") == FAILED
    assert "expected" in capsys.readouterr().err
    assert not os.path.exists(os.environ["CRACKXAI_DB"])


def test_names_and_ids(inspect, tmp_path, capsys):
    folder = photos(tmp_path / "wall", [0])
    with open_records() as records:
        first, second = (records.add_inspection(Inspection("spring")).inspection for _ in range(2))
    assert inspect(folder, "spring") == FAILED
    said = capsys.readouterr().err
    assert first in said
    assert second in said
    assert inspect(folder, second, "--element", "pier 2") == OK
    assert "said anew" in capsys.readouterr().err
    with recorded() as records:
        assert [row.said.element for row in records.inspections()] == ["", "pier 2"]
        assert (counts(records, first), counts(records, second)) == ((0, 0, 0), (1, 1, 0))
        head = records.covered(second)
    assert inspect(folder, second, "--element", "pier 2") == OK
    with recorded() as records:
        assert records.covered(second) == head


def test_a_date_that_is_none_begins_nothing(inspect, tmp_path, capsys):
    assert inspect(photos(tmp_path / "wall", [0]), "spring", "--date", "1 March") == FAILED
    assert "YYYY-MM-DD" in capsys.readouterr().err
    with recorded() as records:
        assert records.inspections() == ()


def test_inspections_are_listed_with_their_ids(inspect, tmp_path, capsys):
    inspect(photos(tmp_path / "wall", range(2)), "spring")
    with recorded() as records:
        (row,) = records.inspections()
        records.decide(row.inspection, records.photos(row.inspection)[0].said.sha256, "review", "other", "look again")
        records.add_inspection(Inspection("autumn", structure="Bridge 8"))
        records.sign_off(row.inspection)
    capsys.readouterr()
    assert main(["inspections"]) == OK
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{row.inspection}  spring: 2 photos, 1 decided, signed by ")
    assert second.endswith("  autumn: 0 photos, 0 decided, not signed")
    assert main(["inspections", "--json"]) == OK
    rows = json.loads(capsys.readouterr().out)["inspections"]
    assert [(each["name"], each["structure"], each["photos"]) for each in rows] == [
        ("spring", "", 2),
        ("autumn", "Bridge 8", 0),
    ]


def test_without_records_there_is_nothing_to_list(capsys):
    assert main(["inspections"]) == FAILED
    assert "expected records of inspections" in capsys.readouterr().err


def test_stopped_by_the_keyboard_it_says_how_far_it_came(inspect, tmp_path, capsys, monkeypatch):
    from crackxai.inspection.folder_run import FolderRun

    whole = FolderRun._step

    def stopped(self, batch, asked):
        if self.result().done:
            raise KeyboardInterrupt
        whole(self, batch, asked)

    monkeypatch.setattr(FolderRun, "_step", stopped)
    folder = photos(tmp_path / "wall", range(30))
    assert inspect(folder, "spring") == 130
    out = capsys.readouterr().out
    assert "the same command goes on from here" in out
    monkeypatch.setattr(FolderRun, "_step", whole)
    assert inspect(folder, "spring") == OK
    assert "judged now 30," not in capsys.readouterr().out
    with recorded() as records:
        assert counts(records, records.inspections()[0].inspection) == (30, 30, 0)
