"""Fixtures: an inspection with something of everything, and its archive."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crackxai.inspection.handover.archive import write_archive
from crackxai.inspection.handover.subject import Subject
from crackxai.inspection.records.records import Records, open_records
from crackxai.texts import Texts
from tests.inspection.handover.made import AT, bridge
from tests.inspection.records.conftest import (  # noqa: F401
    Clock,
    Person,
    postgresql_server,
    postgresql_template,
    records,
    sqlite_template,
)


@pytest.fixture(scope="session")
def built(tmp_path_factory, sample_files, tiny_model) -> tuple[Path, str]:
    """A folder with records in SQLite, their photos, and an archive of the one inspection; made once."""
    folder = tmp_path_factory.mktemp("handover")
    someone = Person()
    with open_records(folder / "records.sqlite", clock=Clock(), person=someone) as opened:
        inspection = bridge(opened, someone, sample_files, tiny_model, folder / "photos")
        subject = Subject.of(opened, inspection, [tiny_model], AT)
        write_archive(subject, opened, folder / "bridge.zip", Texts("zh-Hant"))
    return folder, inspection


@pytest.fixture
def here(built, tmp_path) -> Iterator[tuple[Records, str]]:
    """A copy of these records, to be written to."""
    folder, inspection = built
    shutil.copy(folder / "records.sqlite", tmp_path / "here.sqlite")
    with open_records(tmp_path / "here.sqlite", clock=Clock(), person=Person()) as opened:
        yield opened, inspection


@pytest.fixture
def subject(here, tiny_model) -> Subject:
    opened, inspection = here
    return Subject.of(opened, inspection, [tiny_model], AT)


@pytest.fixture
def archive(built) -> Path:
    """Not to be written to."""
    return built[0] / "bridge.zip"
