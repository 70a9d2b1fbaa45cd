"""The commands in a folder of the user's, with a small model that is loaded once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from crackxai.model import classifier


@pytest.fixture
def loads(tiny_model, monkeypatch) -> list:
    """A small model is there in place of the bundled one; how often it was asked for."""
    asked: list = []

    def load_model(*arguments: object) -> object:
        asked.append(arguments)
        return tiny_model

    monkeypatch.setattr(classifier, "load_model", load_model)
    return asked


@pytest.fixture
def here(tmp_path, monkeypatch, sample_files, loads) -> Path:
    """The working folder, with a cracked wall.png and a sound floor.png."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(sample_files[0], "wall.png")
    shutil.copy(sample_files[1], "floor.png")
    return tmp_path
