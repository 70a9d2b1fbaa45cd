"""What is read bit by bit is what is read at once, whatever was written meanwhile."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from crackxai.errors import RecordsError
from crackxai.inspection.dossier import read_dossier
from crackxai.inspection.dossier_reader import DossierReader
from crackxai.inspection.records.sizes import Size
from crackxai.photo import Box
from tests.inspection.records.facts import BRIDGE, CRACK, FLOOR, OTHER_PHOTO, PHOTO, SOUND, WALL


def test_it_is_what_is_read_at_once_after_every_kind_of_row(records, person):
    inspection = records.add_inspection(BRIDGE).inspection
    other = records.add_inspection(BRIDGE).inspection
    reader = DossierReader(records, inspection)
    assert reader.read() == read_dossier(records, inspection)
    values = np.zeros((2, 2, 3), np.float32)

    def explain() -> None:
        judgement = records.judgements(inspection, PHOTO)[-1]
        records.add_explanation(judgement, {"values_sha256": "x"}, values)

    def second() -> None:
        person.name = "bob"
        records.decide(inspection, PHOTO, "no-crack", "stain")

    steps = [
        lambda: records.add_photo(inspection, WALL),
        lambda: records.add_photo(inspection, FLOOR),
        lambda: records.add_judgement(inspection, PHOTO, CRACK),
        explain,
        lambda: records.decide(inspection, PHOTO, "crack"),
        lambda: records.decide(inspection, PHOTO, "crack", box=Box(0, 5, 0, 5)),
        lambda: records.sign_off(inspection),
        lambda: records.sign_off(inspection),
        second,
        lambda: records.add_size(inspection, PHOTO, Size("measured", mm=0.2, tool="ruler")),
        lambda: records.add_size(inspection, PHOTO, Size()),
        lambda: records.add_rating(inspection, OTHER_PHOTO, "mlit", {"soundness": "II"}),
        lambda: records.add_photo(inspection, dataclasses.replace(WALL, element="pier 9")),
        lambda: records.add_judgement(inspection, PHOTO, SOUND),
        lambda: records.sign_off(inspection),
        lambda: records.edit_inspection(inspection, dataclasses.replace(BRIDGE, place="top")),
        lambda: records.add_photo(other, WALL),
    ]
    for step in steps:
        step()
        assert reader.read() == read_dossier(records, inspection)
    assert DossierReader(records, inspection).read() == reader.read()
    assert reader.read().version == 3
    assert [each.valid for each in reader.read().sign_offs] == [False, False, False]


def test_the_same_object_until_somebody_writes(records):
    inspection = records.add_inspection(BRIDGE).inspection
    reader = DossierReader(records, inspection)
    first = reader.read()
    records.add_inspection(BRIDGE)  # of another
    assert reader.read() is first
    records.add_photo(inspection, WALL)
    assert reader.read() is not first


def test_many_writes_in_any_order(records, person):
    draw = random.Random(0)
    inspection = records.add_inspection(BRIDGE).inspection
    records.add_photo(inspection, WALL)
    records.add_photo(inspection, FLOOR)
    reader = DossierReader(records, inspection)
    for _ in range(60):
        person.name, sha256 = draw.choice("ab"), draw.choice((PHOTO, OTHER_PHOTO))
        match draw.randrange(4):
            case 0:
                records.add_judgement(inspection, sha256, draw.choice((CRACK, SOUND)))
            case 1:
                records.decide(inspection, sha256, draw.choice(("crack", "no-crack", "review")), "shadow")
            case 2:
                records.sign_off(inspection)
            case _:
                records.decide(inspection, sha256, "crack", "stain", box=Box(0, draw.randint(1, 3), 0, 9))
        if draw.random() < 0.4:
            assert reader.read() == read_dossier(records, inspection)
    assert reader.read() == read_dossier(records, inspection)


def test_what_is_not_there_or_was_deleted_is_refused(records):
    with pytest.raises(RecordsError, match="recorded"):
        DossierReader(records, "0" * 32).read()
    inspection = records.add_inspection(BRIDGE).inspection
    reader = DossierReader(records, inspection)
    reader.read()
    records.delete_inspection(inspection, "a test")
    for each in (reader, reader, DossierReader(records, inspection)):
        with pytest.raises(RecordsError, match="deleted"):
            each.read()
