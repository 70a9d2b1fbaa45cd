"""Fixtures: an inspection with something of everything, and its archive."""

from __future__ import annotations

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
    person,
    postgresql_server,
    postgresql_template,
    records,
    sqlite_template,
)


@pytest.fixture
def here(tmp_path, sample_files, tiny_model) -> tuple[Records, str]:
    """Records in SQLite with one inspection, signed."""
    someone = Person()
    with open_records(tmp_path / "here" / "records.sqlite", clock=Clock(), person=someone) as opened:
        yield opened, bridge(opened, someone, sample_files, tiny_model, tmp_path / "photos")


@pytest.fixture
def subject(here, tiny_model) -> Subject:
    opened, inspection = here
    return Subject.of(opened, inspection, [tiny_model], AT)


@pytest.fixture
def archive(here, subject, tmp_path) -> Path:
    path = tmp_path / "bridge.zip"
    write_archive(subject, here[0], path, Texts("zh-Hant"))
    return path
