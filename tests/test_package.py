"""What ``pip install .`` installs: all of it, and it runs from any folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import Distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from crackxai import __version__
from tests.served import ROOT, Served


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder that a copy of the project was installed into; no environment of its own, for its time."""
    source, site = tmp_path_factory.mktemp("source") / "crackxai", tmp_path_factory.mktemp("site")
    ignored = shutil.ignore_patterns(".git", ".venv", "__pycache__", "build", "*.egg-info", "tests", "docs")
    shutil.copytree(ROOT, source, ignore=ignored)
    options = ["--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet", "--target", str(site)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return site


def files(folder: Path) -> set[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


def test_every_file_of_the_package_and_its_pages_is_installed(installed):
    expected = {f"crackxai/{name}" for name in files(ROOT / "crackxai")}
    expected |= {f"crackxai/web/pages/{name}" for name in files(ROOT / "pages")}
    expected |= {"crackxai/web/app.py", "crackxai/web/.streamlit/config.toml"}
    assert {name for name in files(installed) if name.startswith("crackxai/")} == expected


def test_nothing_else_is(installed):
    assert {path.name for path in installed.iterdir()} == {
        "crackxai",
        "bin",
        *(p.name for p in installed.glob("*.dist-info")),
    }


def test_it_needs_what_requirements_txt_says(installed):
    (facts,) = (Distribution.at(path) for path in installed.glob("*.dist-info"))
    needed = {re.sub(r"\s", "", line) for line in facts.requires or () if "extra" not in line}
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    assert needed == {line.partition("#")[0].strip() for line in lines}
    assert facts.metadata["Requires-Python"] == "<3.14,>=3.11"
    assert facts.version == __version__


def test_the_constraints_name_one_version_of_every_requirement():
    """And one that the requirement allows: they are what was tested."""
    tested = {}
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, version = line.split("==")
            tested[name.lower()] = version.partition(";")[0].strip()
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines():
        requirement = Requirement(line.partition("#")[0])
        assert requirement.specifier.contains(tested[requirement.name.lower()]), line


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "crackxai", *arguments]
    return subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_command_runs_from_another_folder(installed, sample_files, tmp_path):
    done = run(installed, tmp_path, "predict", str(sample_files[0]))
    assert done.returncode == 0, done.stderr
    assert "%  crack" in done.stdout
    script = (installed / "bin" / "crackxai").read_text("utf-8")
    assert "from crackxai.cli import main" in script


def test_ui_starts_the_dashboard_from_another_folder(installed, tmp_path):
    """With its own settings: on this computer only, and nothing in the home folder."""
    environment = {**os.environ, "PYTHONPATH": str(installed), "HOME": str(tmp_path)}
    command = (sys.executable, "-m", "crackxai", "ui", "--no-browser")
    with Served(environment, command, "--port", tmp_path) as server:
        assert server.visit("sample=1") == ForwardMsg.FINISHED_SUCCESSFULLY
        assert server.listens_on() <= {"127.0.0.1", "::1"}
    assert f"URL: http://localhost:{server.port}" in server.said
    assert "Traceback" not in server.said
    assert not (tmp_path / ".streamlit").exists()


def test_other_options_go_to_streamlit(installed, tmp_path):
    done = run(installed, tmp_path, "ui", "--server.nonsense", "1")
    assert done.returncode == 2
    assert "--server.nonsense" in done.stderr
