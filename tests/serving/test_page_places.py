"""Photos at a URI taken into an inspection on the page: below what its owner named, and nowhere else."""

from __future__ import annotations

import pytest

from crackxai.inspection import remote_files
from crackxai.ui import inspections
from tests.inspection.photo_folders import counts, drawn
from tests.serving.needed import package
from tests.ui.test_folder_panel import begin, ended, inspection, opened, under_way  # noqa: F401

pytestmark = pytest.mark.usefixtures("fresh_results")


@pytest.fixture
def wall(monkeypatch) -> str:
    """Three photos, open to the page; beside it one that is not."""
    system = package("fsspec").filesystem("memory")
    for number in range(3):
        system.pipe_file(f"memory://bridges/wall/{number}.png", drawn(number))
    system.pipe_file("memory://bridges/other/3.png", drawn(3))
    monkeypatch.setenv(remote_files.VARIABLE, "memory://bridges/wall")
    return "memory://bridges/wall"


def test_they_are_judged_where_they_lie(wall, inspection):  # noqa: F811
    assert not ended(begin(opened(inspection), wall)).error
    records = inspections.records()
    assert counts(records, inspection) == (3, 3, 0)
    assert [row.said.path for row in records.photos(inspection)] == [f"{wall}/{number}.png" for number in range(3)]


@pytest.mark.parametrize(
    "text",
    [
        "memory://bridges",
        "memory://bridges/other",
        "memory://bridges/wall/../other",
        "memory://bridges/wall/%2e%2e/other",
        "file:///etc",
        "http://127.0.0.1:1/x",
        "simplecache::memory://bridges/wall",
    ],
)
def test_nothing_else_is(wall, inspection, text):  # noqa: F811
    app = begin(opened(inspection), text)
    assert len(app.error) == 1
    assert not under_way(app)
    assert counts(inspections.records(), inspection) == (0, 0, 0)
