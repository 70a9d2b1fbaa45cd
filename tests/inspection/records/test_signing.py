"""Sign-offs: over what was there, valid until something is written after them."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import pytest
from sqlalchemy import text

from crackxai import RecordsError
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.sizes import Size
from tests.inspection.records.facts import BRIDGE, FLOOR, PHOTO, SOUND, WALL, begun, signed


def test_it_covers_all_rows_of_its_inspection_and_no_other(records):
    other = records.add_inspection(BRIDGE).inspection
    inspection, row = signed(records)
    with records.database.reading() as connection:
        hashes = connection.execute(text("SELECT hash FROM entry WHERE number BETWEEN 2 AND 5 ORDER BY number"))
        expected = hashlib.sha256(json.dumps(list(hashes.scalars()), separators=(",", ":")).encode()).hexdigest()
    assert (row.said.rows, row.said.covers, row.said.who, row.said.remarks) == (4, expected, "ada", "seen on site")
    (state,) = records.sign_offs(inspection)
    assert (state.row, state.valid, state.voided_by) == (row, True, None)
    assert records.sign_offs(other) == ()
    assert audit(records.database).fits


EDITS = {
    "particulars": lambda records, i: records.edit_inspection(i, dataclasses.replace(BRIDGE, remarks="wet")),
    "another photo": lambda records, i: records.add_photo(i, FLOOR),
    "the photo's place": lambda records, i: records.add_photo(i, dataclasses.replace(WALL, place="below")),
    "a judgement": lambda records, i: records.add_judgement(i, PHOTO, SOUND),
    "an explanation": lambda records, i: records.add_explanation(records.judgements(i)[0], {"kind": "map"}),
    "a decision": lambda records, i: records.decide(i, PHOTO, "crack"),
    "a size": lambda records, i: records.add_size(i, PHOTO, Size()),
    "a rating": lambda records, i: records.add_rating(i, PHOTO, "mlit", {"soundness": "I"}),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_whatever_is_written_later_voids_it_and_makes_a_new_version(records, edit):
    inspection, _ = signed(records)
    assert records.version(inspection) == 1
    row = edit(records, inspection)
    (state,) = records.sign_offs(inspection)
    assert (state.valid, state.voided_by) == (False, row.number)
    assert records.version(inspection) == 2
    records.edit_inspection(inspection, BRIDGE)
    assert records.version(inspection) == 2
    assert records.sign_offs(inspection)[0].voided_by == row.number

    again = records.sign_off(inspection)
    first, second = records.sign_offs(inspection)
    assert (first.valid, second.valid, second.row) == (False, True, again)
    assert [each.voided_by for each in audit(records.database).sign_offs] == [row.number, None]


def test_a_second_signature_leaves_the_first(records, person):
    inspection, _ = signed(records)
    person.name = "grace"
    second = records.sign_off(inspection)
    assert second.said.rows == 5
    assert [state.valid for state in records.sign_offs(inspection)] == [True, True]
    assert records.version(inspection) == 1


def test_another_inspections_rows_void_nothing(records):
    inspection, _ = signed(records)
    begun(records)
    assert records.sign_offs(inspection)[0].valid


def test_what_was_not_looked_at_is_not_signed(records):
    inspection = begun(records)
    seen = records.covered(inspection)
    records.decide(inspection, PHOTO, "crack")
    with pytest.raises(RecordsError, match="written to since"):
        records.sign_off(inspection, seen=seen)
    assert records.sign_offs(inspection) == ()
    assert records.sign_off(inspection, seen=records.covered(inspection)).number == 5
