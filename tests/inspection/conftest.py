"""Fixtures: records that are audited at the end, and who writes into them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import Records, open_records
from tests.inspection.records.conftest import Person


@pytest.fixture
def person() -> Person:
    """Another one once its name is set."""
    return Person()


@pytest.fixture
def records(tmp_path, person) -> Iterator[Records]:
    with open_records(tmp_path / "records" / "records.sqlite", person=person) as opened:
        yield opened
        found = audit(opened.database)
        assert found.fits, found.misfit


@pytest.fixture
def inspection(records) -> str:
    """The name of an empty one."""
    return records.add_inspection(Inspection("Bridge 7")).inspection
