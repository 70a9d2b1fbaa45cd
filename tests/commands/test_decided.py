"""``decided``: what it writes and says, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crackxai.cli import FAILED, OK, SOME_FAILED, main
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import open_records
from crackxai.photo import read_photo
from tests.inspection.records.facts import BRIDGE, FINGERPRINT


@pytest.fixture
def file(tmp_path, sample_files) -> Path:
    """Four photos, cracked and sound in turn; the machine called the first three cracked and the last sound."""
    path = tmp_path / "records.sqlite"
    with open_records(path) as records:
        inspection = records.add_inspection(BRIDGE).inspection
        for number, photo in enumerate(map(Path, sample_files)):
            said = "crack" if number < 3 else "no-crack"
            facts = PhotoFile.of(read_photo(photo), photo.read_bytes(), photo)
            records.add_photo(inspection, facts)
            records.add_judgement(inspection, facts.sha256, Judgement("tiny", FINGERPRINT, {}, said, 0.9, 0.5, 0.1))
            truth = ("crack", "no-crack")[number % 2]
            records.decide(inspection, facts.sha256, truth, "" if said == truth else "shadow")
    return path


def test_it_writes_a_folder_and_tells_how_the_machine_fared(file, tmp_path, capsys):
    out = tmp_path / "own"
    assert main(["decided", "--db", str(file), "--out", str(out)]) == OK
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"{out / 'Negative'}: 2 pictures",
        f"{out / 'Positive'}: 2 pictures",
        "of 2 cracked photos the machine had missed 0, of 2 sound ones it had flagged 1; 0 had gone to review",
        "there are too few photos to hold any apart: evaluate on others",
    ]
    assert len(list(out.glob("*/*.png"))) == 4


def test_json_and_a_photo_that_is_gone(file, tmp_path, capsys):
    with open_records(file) as records:
        (inspection,) = records.inspections()
        path = Path(records.photos(inspection.inspection)[0].said.path)
    kept = path.read_bytes()
    path.unlink()
    try:
        status = main(
            [
                "decided",
                "--db",
                str(file),
                "--inspection",
                inspection.inspection,
                "--out",
                str(tmp_path / "own"),
                "--json",
            ]
        )
    finally:
        path.write_bytes(kept)  # other tests have it too
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert status == SOME_FAILED
    assert [(row["label"], row["pictures"]) for row in answer["pictures"]] == [("Negative", 2), ("Positive", 1)]
    assert [row["photo"] for row in answer["left_out"]] == [path.name]
    assert answer["machine"]["flagged"] == 1
    assert f"{path.name}: left out" in told.err


def test_a_folder_that_holds_something_is_left_alone(file, tmp_path, capsys):
    assert main(["decided", "--db", str(file), "--out", str(tmp_path)]) == FAILED
    assert "expected a new or empty folder" in capsys.readouterr().err


def test_an_inspection_that_is_not_there(file, tmp_path, capsys):
    assert main(["decided", "--db", str(file), "--inspection", "nobody", "--out", str(tmp_path / "own")]) == FAILED
    assert "expected an inspection that is recorded" in capsys.readouterr().err
    assert not (tmp_path / "own").exists()
