"""An inspection found by what a person calls it."""

from __future__ import annotations

import dataclasses

import pytest

from crackxai.errors import RecordsError
from crackxai.inspection.records.lookup import find_inspection
from tests.inspection.records.facts import BRIDGE


def test_by_id_by_its_beginning_and_by_name(records):
    row = records.add_inspection(BRIDGE)
    other = records.add_inspection(dataclasses.replace(BRIDGE, name="Bridge 8"))
    for text in (row.inspection, row.inspection[:8].upper(), "Bridge 7, spring", " bridge 7, SPRING "):
        assert find_inspection(records, text).inspection == row.inspection
    assert find_inspection(records, "Bridge 8").inspection == other.inspection
    for text in ("Bridge", row.inspection[:3], "", "0" * 32):
        assert find_inspection(records, text) is None


def test_several_of_one_name_are_told_by_their_ids(records):
    rows = [records.add_inspection(BRIDGE) for _ in range(2)]
    with pytest.raises(RecordsError, match=rows[1].inspection):
        find_inspection(records, BRIDGE.name)
    records.delete_inspection(rows[1].inspection, "a test")
    assert find_inspection(records, BRIDGE.name).inspection == rows[0].inspection
