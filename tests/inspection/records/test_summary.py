"""Inspections in numbers, against what is read of each."""

from __future__ import annotations

from crackxai.inspection.records.summary import Summary
from tests.inspection.records.facts import BRIDGE, FLOOR, OTHER_PHOTO, PHOTO, begun, signed


def test_in_numbers(records):
    assert records.summaries() == {}
    records.add_inspection(BRIDGE)
    first = begun(records)
    records.add_photo(first, FLOOR)
    records.add_photo(first, FLOOR)  # said anew, it is one photo
    assert records.summaries() == {first: Summary(photos=2)}
    second, _ = signed(records)
    records.decide(second, PHOTO, "crack")  # decided anew, it is one photo; the sign-off is void
    records.sign_off(second)
    records.sign_off(second)
    assert records.summaries()[second] == Summary(1, 1, records.version(second), True)
    assert records.version(second) == 2
    records.decide(first, OTHER_PHOTO, "crack")
    records.edit_inspection(second, BRIDGE)
    assert records.summaries() == {first: Summary(2, 1), second: Summary(1, 1, 3, False)}
    records.delete_inspection(second, "a test")
    assert records.summaries().keys() == {first}


def test_rows_of_an_inspection_after_a_number(records):
    inspection = begun(records)
    lines = records.since(inspection, 0)
    assert [(line.number, line.kind) for line in lines] == [(1, "inspection"), (2, "photo"), (3, "judgement")]
    assert lines[1].row == records.photos(inspection)[0]
    (judgement,) = records.judgements(inspection)
    records.add_explanation(judgement, {"kind": "map"})
    (line,) = records.since(inspection, 3)
    assert (line.kind, line.row) == ("explanation", None)  # large, and left out
    assert records.row(2) == ("photo", records.photos(inspection)[0])
