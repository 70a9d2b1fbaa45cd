"""Commands that make folders write over nothing of the user's without --force."""

from __future__ import annotations

from pathlib import Path

from crackxai.cli import FAILED, OK, main


def test_train_refuses_a_folder_with_other_files_before_it_reads_a_photo(here, capsys):
    Path("mine").mkdir()
    Path("mine/weights.npz").write_text("mine")
    assert main(["train", "absent", "--out", "mine"]) == FAILED
    assert "mine: expected a new or empty folder" in capsys.readouterr().err
    assert Path("mine/weights.npz").read_text() == "mine"
    # With --force, or with the system's own files only, it comes as far as the photos.
    assert main(["train", "absent", "--out", "mine", "--force"]) == FAILED
    assert "absent" in capsys.readouterr().err
    Path("empty").mkdir()
    Path("empty/.DS_Store").write_text("")
    assert main(["train", "absent", "--out", "empty"]) == FAILED
    assert "absent" in capsys.readouterr().err


def test_samples_are_drawn_beside_other_files_only(here, capsys):
    Path("labels.csv").write_text("mine")
    before = set(Path().iterdir())
    assert main(["samples", "--out", ".", "--count", "1"]) == FAILED
    assert "labels.csv: expected a name that is free" in capsys.readouterr().err
    assert set(Path().iterdir()) == before
    assert main(["samples", "--out", ".", "--count", "1", "--force"]) == OK
    assert Path("labels.csv").read_text().startswith("photo,mask")
