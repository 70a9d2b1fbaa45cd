"""No process of ours reaches another host or leaves other packages' files at home; sockets are denied to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus

from tests.served import README_COMMAND, ROOT, Served

WAIT = 120
FONTS = {".cache/matplotlib", ".config/matplotlib"}
"""Where Matplotlib keeps its list of this computer's fonts."""
KERAS = {".keras"}
"""Where Keras keeps its settings, and the weights that ``train`` lets it download."""


class Denied:
    """Processes that may only reach this computer, with an empty home folder."""

    def __init__(self, folder: Path) -> None:
        self.home, self.log = folder / "home", folder / "tried.txt"
        self.home.mkdir()
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "MPL", "KERAS", "CI", "TF_BUILD"))},
            "HOME": str(self.home),
            "USERPROFILE": str(self.home),
            "LOCALAPPDATA": str(self.home),
            "CRACKXAI_TRIED": str(self.log),
            "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "denied"), str(ROOT)]),
        }

    def run(self, *arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=WAIT
        )
        assert done.returncode == status, done.stderr
        return done.stdout

    @property
    def tried(self) -> str:
        return self.log.read_text("utf-8") if self.log.exists() else ""

    def left_at_home(self) -> set[str]:
        """Folders with files, two names deep."""
        files = (path.relative_to(self.home) for path in self.home.rglob("*") if path.is_file())
        return {"/".join(path.parts[: 1 if path.parts[0] == ".keras" else 2]) for path in files}


@pytest.fixture
def denied(tmp_path) -> Denied:
    return Denied(tmp_path)


def test_the_denial_works(denied):
    denied.run("-c", "import socket; socket.create_connection(('crackxai.example', 80))", status=1)
    denied.run("-c", "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 1))", status=1)
    assert denied.tried == "socket.getaddrinfo 'crackxai.example'\nsocket.connect ('192.0.2.1', 1)\n"


def test_predict_and_explain(denied, sample_files, tmp_path):
    denied.run("-m", "crackxai", "predict", str(sample_files[0]))
    denied.run(
        "-m", "crackxai", "explain", str(sample_files[0]), "--max-evals", "50", "--out", str(tmp_path / "maps")
    )  # fmt: skip
    assert denied.tried == ""
    assert denied.left_at_home() <= FONTS


def test_keras(denied, sample_files):
    denied.run("-m", "crackxai", "predict", str(sample_files[0]), "--runtime", "keras")
    assert denied.tried == ""
    assert denied.left_at_home() <= FONTS | KERAS


def test_the_other_packages(denied):
    denied.run(
        "-c", "import altair, cv2, jinja2, matplotlib, pillow_heif, psutil, scipy, shap, sklearn, streamlit, tqdm"
    )
    assert denied.tried == ""
    assert denied.left_at_home() <= FONTS


def test_an_explanation_on_the_page(denied):
    script = """
from tests.apps import app_at, explained, press, shown
app = app_at("app.py", sample="1", masker="mean", max_evals="50")
press(app, "explain")
assert shown(explained(app)).evaluations >= 50
"""
    denied.run("-c", script)
    assert denied.tried == ""
    assert denied.left_at_home() <= FONTS


@pytest.mark.parametrize("options", [(), ("--server.address", "0.0.0.0")], ids=["for this computer", "for all"])
def test_the_server(denied, options):
    with Served(denied.environment, (*README_COMMAND, *options)) as server:
        # A page of another name, as behind a proxy: Streamlit then looks up this computer's addresses.
        with pytest.raises(InvalidStatus, match="403"):
            server.session("https://crackxai.example")
        assert server.visit("sample=1") == ForwardMsg.FINISHED_SUCCESSFULLY
    assert denied.tried == ""
    assert denied.left_at_home() <= FONTS
    assert f"URL: http://localhost:{server.port}" in server.said
    assert "Traceback" not in server.said


def test_the_address_in_its_own_network():
    from crackxai.ui.local_addresses import internal_address

    found = internal_address()
    assert found is None or (socket.inet_aton(found) and not found.startswith("127."))
