"""The walls of the house: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(p for p in [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("crackxai/**/*.py")])
LAYERS = (
    "errors", "printable", "offline", "files", "tallies", "png", "texts", "photo", "samples", "model", "explain",
    "fonts", "render", "inspection", "__init__", "ui", "commands", "arguments", "cli", "__main__",
)  # fmt: skip
"""All rooms, lower first: a room may use those before it. ``__init__`` is ``from crackxai import ...``."""


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def tops(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def room(path: Path) -> str:
    return path.relative_to(ROOT / "crackxai").parts[0].removesuffix(".py")


def rooms_used(path: Path) -> set[str]:
    """A public name is of the package's own module; the version is there before any room is."""
    names = {name.split(".")[1] for name in imports(path) if name.startswith("crackxai.")} - {"__version__"}
    return {
        name if (ROOT / "crackxai" / name).is_dir() or (ROOT / "crackxai" / f"{name}.py").is_file() else "__init__"
        for name in names
    }


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_walls(path):
    inside = path.is_relative_to(ROOT / "crackxai")
    in_ui = not inside or room(path) == "ui"
    without = (
        "job.py",
        "jobs.py",
        "turns.py",
        "budget.py",
        "lru_cache.py",
        "presence.py",
        "session_vault.py",
        "idle_work.py",
        "freed_memory.py",
        "linked_window.py",
        "handover_files.py",
    )
    if not in_ui or path.name in without:
        assert "streamlit" not in tops(path)
    if not (inside and room(path) == "model"):
        assert not tops(path) & {"keras", "tensorflow", "openvino", "torch", "jax"}
    if inside:
        above = LAYERS[LAYERS.index(room(path)) + 1 :]
        assert not rooms_used(path) & set(above)
    assert "pyplot" not in {part for name in imports(path) for part in name.split(".")}


def test_importing_the_package_is_light():
    script = (
        "import sys, crackxai\n"
        "heavy = {'tensorflow', 'keras', 'streamlit', 'shap', 'torch', 'jax', 'matplotlib', 'sklearn', 'numba'}\n"
        "assert not heavy & {name.split('.')[0] for name in sys.modules}, heavy & set(sys.modules)\n"
        "from crackxai import *\n"
        "assert callable(explain) and callable(load_model) and callable(read_photo)\n"
        "assert 'numba' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT)


def test_the_app_starts_nothing_but_navigation():
    # And the catalogues, for the pages' names, and what the server does once.
    assert imports(ROOT / "app.py") == {
        "streamlit", "crackxai.ui", "crackxai.ui.server", "crackxai.ui.text", "crackxai.ui.text.t",
    }  # fmt: skip


@pytest.mark.parametrize("folder", [".", "tests/browser", "tests/oracles", "tests/signin"])
def test_every_requirement_is_bounded_and_has_its_reason(folder):
    for line in (ROOT / folder / "requirements.txt").read_text("utf-8").splitlines():
        package, _, reason = line.partition("#")
        assert "~=" in package
        assert reason.strip()
