"""What the README shows runs."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib

import numpy as np
import pytest
from streamlit import config

from crackxai.cli import parse_arguments
from crackxai.ui.sign_in import NEEDED
from tests.served import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


COMMANDS = [line for block in blocks("") for line in block.splitlines() if "crackxai" in line and "install" not in line]


def test_the_python_block(sample_files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(sample_files[0], "wall.jpg")
    (code,) = blocks("python")
    names: dict = {}
    exec(code, names)
    result = names["result"]
    assert result.values.shape == (150, 150)
    assert result.values.dtype == np.float32
    assert result.values.sum(dtype=float) == pytest.approx(result.probability - result.base_value, abs=1e-4)
    assert type(result.to_shap()).__name__ == "Explanation"


@pytest.mark.parametrize("line", COMMANDS)
def test_the_commands_are_understood(line):
    words = shlex.split(line, comments=True)
    assert words[0] == "crackxai" or words[:3] == ["python", "-m", "crackxai"]
    parse_arguments(words[words.index("crackxai") + 1 :])


def test_every_command_has_an_example():
    named = {
        shlex.split(line, comments=True)[shlex.split(line, comments=True).index("crackxai") + 1] for line in COMMANDS
    }
    assert {"predict", "explain", "verify", "train", "evaluate", "samples", "ui"} <= named


def test_streamlits_options_exist():
    options, login = map(tomllib.loads, sorted(blocks("toml"), key=lambda block: "[auth]" in block))
    for name in options:
        config.get_option(f"server.{name}")
    assert login["auth"].keys() == {"redirect_uri", "cookie_secret", *NEEDED}
    for name in re.findall(r"--((?:server|browser)\.\w+)", README):
        config.get_option(name)


def test_links_within_the_project_lead_somewhere():
    for name in ("README.md", "CONTRIBUTING.md", "CHANGES.md", "benchmarks/README.md"):
        page = ROOT / name
        for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text("utf-8")):
            path, _, heading = target.partition("#")
            aimed = page.parent / path if path else page
            assert aimed.exists(), f"{name}: {target}"
            if heading:
                titles = re.findall(r"^#+ (.*)$", aimed.read_text("utf-8"), re.MULTILINE)
                assert heading in {title.lower().replace(" ", "-") for title in titles}, f"{name}: {target}"
