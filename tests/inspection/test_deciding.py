"""Decisions on many photos, all or none; and photos of a session taken in."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from crackxai.errors import RecordsError
from crackxai.inspection.deciding import add_photo, decide
from crackxai.inspection.dossier import read_dossier
from crackxai.inspection.originals import read_original
from crackxai.photo import read_photo
from tests.inspection.records.facts import BRIDGE, CRACK, FLOOR, OTHER_PHOTO, PHOTO, SOUND, WALL, begun


def test_a_reason_stays_with_the_decisions_that_need_it(records):
    inspection = begun(records)
    records.add_photo(inspection, FLOOR)
    photos = read_dossier(records, inspection).photos
    assert decide(records, inspection, photos, "no-crack", "other", " a pipe ") == 2
    made = {each.sha256: each.said for each in records.decisions(inspection)}
    assert (made[PHOTO].reason, made[PHOTO].text, made[PHOTO].overrides) == ("other", "a pipe", True)
    assert (made[OTHER_PHOTO].reason, made[OTHER_PHOTO].text, made[OTHER_PHOTO].machine) == ("", "", None)


def test_all_or_none(records):
    inspection = begun(records)
    records.add_photo(inspection, FLOOR)
    photos = read_dossier(records, inspection).photos[::-1]
    with pytest.raises(RecordsError, match="reason"):
        decide(records, inspection, photos, "no-crack")
    assert records.decisions(inspection) == ()
    assert decide(records, inspection, (), "crack") == 0


def test_it_is_decided_on_the_answer_that_was_seen(records):
    inspection = begun(records)
    (seen,) = read_dossier(records, inspection).photos
    records.add_judgement(inspection, PHOTO, SOUND)
    decide(records, inspection, [seen], "crack")  # no override of what was seen
    (made,) = records.decisions(inspection)
    assert made.said.judgement == seen.judgement.number
    assert made.said.machine["verdict"] == "crack"


def test_a_photo_of_a_session_is_copied_and_said_once(records, sample_files, explanation):
    inspection = records.add_inspection(BRIDGE).inspection
    data = sample_files[0].read_bytes()
    photo = read_photo(data, "Mauer – Süd.png")
    told = dataclasses.replace(explanation, photo_sha256=photo.sha256)
    for _ in range(2):
        row = add_photo(records, inspection, photo, data, CRACK, told)
    (found,) = read_dossier(records, inspection).photos
    assert (found.name, found.photo.said.path, found.judgement) == ("Mauer – Süd.png", None, row)
    assert read_original(records.store, found.photo.said) == data
    (kept,) = records.explanations(inspection)
    assert np.array_equal(kept.said.channel_values, told.channel_values)
    assert kept.said.judgement == row.number
    # Another answer is another row, of the same photo.
    add_photo(records, inspection, photo, data, SOUND)
    assert len(records.photos(inspection)) == 1
    assert len(records.judgements(inspection)) == 2


def test_without_a_store_nothing_is_recorded(records, sample_files):
    inspection = records.add_inspection(BRIDGE).inspection
    records.store.folder = None
    data = sample_files[0].read_bytes()
    with pytest.raises(RecordsError, match="folder for copies"):
        add_photo(records, inspection, read_photo(data, "a.png"), data, CRACK)
    assert records.photos(inspection) == ()
    assert WALL.sha256 == PHOTO
