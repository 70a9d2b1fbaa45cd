"""An inspection put together from its records, and what it lacks."""

from __future__ import annotations

import pytest

from crackxai.inspection.dossier import PhotoDossier, missing, read_dossier
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.decisions import Decision
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.judgements import Judgement
from tests.inspection.records.facts import BRIDGE, CRACK, FINGERPRINT, FLOOR, OTHER_PHOTO, PHOTO, SOUND, WALL


def begun(records, facts: Inspection = BRIDGE) -> str:
    """Two photos, the first judged cracked."""
    inspection = records.add_inspection(facts).inspection
    records.add_photo(inspection, WALL)
    records.add_photo(inspection, FLOOR)
    records.add_judgement(inspection, PHOTO, SOUND)
    records.add_judgement(inspection, PHOTO, CRACK)
    return inspection


def kinds(found) -> list[str]:
    return [each.kind for each in found]


def test_of_each_photo_what_was_said_last(records, person):
    inspection = begun(records)
    records.decide(inspection, PHOTO, "no-crack", "shadow")
    records.decide(inspection, PHOTO, "crack")
    person.name = "bob"
    records.decide(inspection, PHOTO, "no-crack", "stain")
    wall, floor = read_dossier(records, inspection).photos
    assert (wall.machine, floor.machine) == ("crack", None)
    assert [(each.said.who, each.said.verdict) for each in wall.decisions] == [("ada", "crack"), ("bob", "no-crack")]
    assert (wall.decided, wall.disputed, wall.overridden, wall.settled) == ("review", True, True, False)
    assert (floor.decided, floor.verdict, floor.suspicion) == (None, None, -1)


def test_what_people_say_stands_before_the_machine(records):
    inspection = begun(records)
    assert read_dossier(records, inspection).photos[0].verdict == "crack"
    records.decide(inspection, PHOTO, "no-crack", "shadow")
    found = read_dossier(records, inspection)
    assert found.photos[0].verdict == "no-crack"
    assert found.by_machine == {"crack": 1, None: 1}
    assert found.by_people == {"no-crack": 1, None: 1}
    assert found.photo(OTHER_PHOTO) is found.photos[1]
    assert found.photo("0" * 64) is None


def test_a_sign_off_and_what_voids_it(records):
    inspection = begun(records)
    before = read_dossier(records, inspection)
    records.sign_off(inspection, seen=before.covers, missing=("undecided",))
    signed = read_dossier(records, inspection)
    assert before.signed is None
    assert signed.signed is not None
    assert signed.signed.row.said.missing == ("undecided",)
    records.decide(inspection, PHOTO, "crack")
    assert read_dossier(records, inspection).signed is None


def test_what_lacks_is_listed(records):
    inspection = records.add_inspection(Inspection("Bridge 7")).inspection
    found = missing(read_dossier(records, inspection), "ada")
    assert kinds(found) == ["place", "date", "inspector", "photos"]
    doubted = Judgement("tiny", FINGERPRINT, {"of": "photo"}, "review", 0.9, 0.5, 0.1, doubts=("dark",))
    records.add_photo(inspection, FLOOR)
    records.add_judgement(inspection, OTHER_PHOTO, doubted)
    records.add_photo(inspection, WALL)
    found = missing(read_dossier(records, inspection), "ada")
    assert kinds(found) == ["place", "element", "date", "inspector", "unjudged", "undecided", "doubted"]
    assert [each.photos for each in found][-3:] == [(PHOTO,), (OTHER_PHOTO, PHOTO), (OTHER_PHOTO,)]


def test_nothing_lacks_of_a_whole_inspection_that_another_reviews(records, person):
    inspection = begun(records)
    records.add_judgement(inspection, OTHER_PHOTO, SOUND)
    for sha256, verdict in ((PHOTO, "crack"), (OTHER_PHOTO, "no-crack")):
        records.decide(inspection, sha256, verdict)
    assert kinds(missing(read_dossier(records, inspection), "bob")) == []
    assert kinds(missing(read_dossier(records, inspection), "ada")) == ["own-review"]
    assert kinds(missing(read_dossier(records, inspection), BRIDGE.inspector)) == ["own-review"]
    person.name = "bob"
    records.decide(inspection, OTHER_PHOTO, "crack", "fine-crack-missed")
    assert kinds(missing(read_dossier(records, inspection), "eve")) == ["disputed"]


def test_answers_of_two_models_are_told(records):
    inspection = begun(records)
    other = Judgement("other", "12" * 32, {"of": "photo"}, "crack", 0.9, 0.5, 0.1)
    records.add_judgement(inspection, OTHER_PHOTO, other)
    assert "several-models" in kinds(missing(read_dossier(records, inspection), "bob"))


def photo(probability: float | None, *said: str, doubts: tuple = (), verdict="crack") -> PhotoDossier:
    judgement = Judgement("tiny", FINGERPRINT, {"of": "photo"}, verdict, probability, 0.8, 0.0, doubts=doubts)
    decisions = [Decision(f"person {number}", each) for number, each in enumerate(said)]
    return PhotoDossier(
        Stored(1, "i", "", "", WALL), Stored(2, "i", "", "", judgement),
        tuple(Stored(3 + number, "i", "", "", each) for number, each in enumerate(decisions)),
    )  # fmt: skip


def test_what_a_look_would_settle_most_comes_first():
    differ = photo(0.99, "crack", "no-crack")
    review = photo(0.81, verdict="review")
    near, far = photo(0.85), photo(0.999)
    settled = photo(0.85, "crack")
    order = sorted((settled, far, near, review, differ), key=lambda each: -each.gain)
    assert order == [differ, review, near, far, settled]


def test_the_threshold_is_where_the_machine_is_most_open():
    assert photo(0.8).gain == pytest.approx(2)
    assert photo(0.5).gain < 2
    assert photo(0.95).gain < 2
    assert photo(1.0).gain == pytest.approx(1, abs=1e-9)
    assert photo(0.0).gain == pytest.approx(1, abs=1e-9)
