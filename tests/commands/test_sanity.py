"""``sanity`` in the terminal."""

from __future__ import annotations

import json

import pytest

from crackxai.cli import FAILED, OK, main
from crackxai.model import randomised

FAST = ["--masker", "blur", "--blur-kernel", "31", "--max-evals", "50"]


@pytest.fixture
def cascade(here, tiny_folder, monkeypatch):
    """Of the tiny model in place of the bundled one."""
    real = randomised.cascade
    from crackxai.model import classifier

    monkeypatch.setattr(randomised, "load_model", classifier.load_model)
    monkeypatch.setattr(randomised, "cascade", lambda path, *rest: real(tiny_folder, *rest))


def test_a_table(cascade, capsys):
    assert main(["sanity", "wall.png", *FAST]) == OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:-1]] == ["nothing", "crack", "conv3_block1", "conv2_block1", "conv1"]
    assert lines[-1].startswith("passed")


def test_for_a_program(cascade, capsys):
    assert main(["sanity", "wall.png", *FAST, "--json"]) == OK
    found = json.loads(capsys.readouterr().out)
    assert found["passed"] is True
    assert len(found["steps"]) == 5
    assert found["steps"][0]["rank_correlation"] == 1


def test_a_map_that_stays(cascade, tiny_model, monkeypatch, capsys):
    monkeypatch.setattr(randomised, "cascade", lambda *_: [("conv1", tiny_model)])
    assert main(["sanity", "wall.png", *FAST]) == FAILED
    assert "failed: the map of the wholly randomised model is alike" in capsys.readouterr().out


def test_no_photo(cascade, capsys):
    assert main(["sanity", "absent.png", *FAST]) == FAILED
    assert "absent.png" in capsys.readouterr().err
