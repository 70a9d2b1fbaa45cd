"""Hand-written facts: a photo and what is said of it."""

from __future__ import annotations

from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.facts import Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records
from crackxai.inspection.records.sizes import Size

PHOTO, OTHER_PHOTO, FINGERPRINT = "ab" * 32, "cd" * 32, "ef" * 32
BRIDGE = Inspection("Bridge 7, spring", "Bridge 7", "pier 2", "north face", "2026-03-01", "Ada Inspector", "dry, 8 °C")
WALL = PhotoFile(
    "Mauer – Süd.jpg",
    PHOTO,
    width=4000,
    height=3000,
    file_size=2_345_678,
    path="/photos/Mauer – Süd.jpg",
    taken_at="2026-03-01T10:11:12",
    latitude=25.0330,
    longitude=121.5654,
    element="pier 2",
    place="1.2 m above ground",
)
FLOOR = PhotoFile("floor.png", OTHER_PHOTO, 300, 200, 1000)
CRACK = Judgement("tiny", FINGERPRINT, {"of": "photo", "threshold": 0.5}, "crack", 0.9, 0.5, 0.1)
SOUND = Judgement("tiny", FINGERPRINT, {"of": "photo", "threshold": 0.95}, "no-crack", 0.9, 0.95, 0.0)


def begun(records: Records) -> str:
    """An inspection with a photo that the machine calls cracked: rows 1 to 3."""
    inspection = records.add_inspection(BRIDGE).inspection
    records.add_photo(inspection, WALL)
    records.add_judgement(inspection, PHOTO, CRACK)
    return inspection


def signed(records: Records) -> tuple[str, Stored]:
    """The same, decided in row 4 and signed in row 5."""
    inspection = begun(records)
    records.decide(inspection, PHOTO, "crack")
    return inspection, records.sign_off(inspection, "seen on site")


def of_every_kind(records: Records) -> str:
    """Ten rows, of each kind at least one; the inspection that was deleted had rows 9 only, and its deletion is 10."""
    inspection = begun(records)
    records.add_explanation(records.judgements(inspection)[0], {"kind": "map"})
    records.add_size(inspection, PHOTO, Size("measured", mm=0.25, tool="crack width ruler"))
    records.add_rating(inspection, PHOTO, "mlit", {"soundness": "II"})
    records.decide(inspection, PHOTO, "crack")
    records.sign_off(inspection)
    records.delete_inspection(records.add_inspection(BRIDGE).inspection, "a test")
    return inspection
