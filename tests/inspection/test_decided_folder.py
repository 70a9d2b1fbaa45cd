"""Settled photos as a folder to train on: what is in it, what is held apart, what is left out."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest

from crackxai.errors import DataError
from crackxai.inspection.decided_folder import parts_of, write_decided
from crackxai.inspection.records.facts import Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records
from crackxai.inspection.settled import read_settled
from crackxai.model.dataset import load_photos
from crackxai.photo import Box, read_photo
from crackxai.png import png
from tests.inspection.records.facts import BRIDGE, FINGERPRINT

PHOTO, SCAN = {"of": "photo"}, {"of": "scan"}


def photo_file(folder: Path, number: int, side: int = 64) -> tuple[Path, PhotoFile]:
    """A photo like no other, in a file."""
    picture = np.random.default_rng(number).integers(0, 256, (side, side, 3), dtype=np.uint8)
    path = folder / f"photo {number}.png"
    path.write_bytes(png(picture))
    return path, PhotoFile.of(read_photo(path), path.read_bytes(), path)


def decided(
    records: Records, inspection: str, photo: PhotoFile, truth: str, settings=PHOTO, findings=(), box: Box | None = None
) -> None:
    if photo.sha256 not in {each.said.sha256 for each in records.photos(inspection)}:
        records.add_photo(inspection, photo)
        judgement = Judgement("tiny", FINGERPRINT, settings, "review", 0.6, 0.5, 0.1, findings=findings)
        records.add_judgement(inspection, photo.sha256, judgement)
    records.decide(inspection, photo.sha256, truth, box=box)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "decided.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_whole_photos_go_in_as_their_own_files(records, tmp_path):
    inspection = records.add_inspection(BRIDGE).inspection
    files = [photo_file(tmp_path, number) for number in range(2)]
    for (_, photo), truth in zip(files, ("crack", "no-crack"), strict=True):
        decided(records, inspection, photo, truth)
    out = tmp_path / "out"
    written = write_decided(out, read_settled(records), records.store)
    assert written.counts == {("", 1): 1, ("", 0): 1}
    assert (written.grouped, written.left_out) == (False, ())
    for (path, photo), label in zip(files, ("Positive", "Negative"), strict=True):
        assert (out / label / f"{path.stem}-{photo.sha256[:8]}.png").read_bytes() == path.read_bytes()
    assert [(row["label"], row["decided_by"], row["machine"]) for row in rows(out)] == [
        ("Positive", "ada", "review"),
        ("Negative", "ada", "review"),
    ]


def test_a_scanned_sound_photo_gives_the_tiles_that_looked_cracked(records, tmp_path):
    inspection = records.add_inspection(BRIDGE).inspection
    path, photo = photo_file(tmp_path, 1, side=200)
    tile = {"top": 10, "bottom": 90, "left": 20, "right": 100}
    decided(records, inspection, photo, "no-crack", SCAN, ({"tile": tile},))
    out = tmp_path / "out"
    assert write_decided(out, read_settled(records), records.store).counts == {("", 0): 1}
    (written,) = (out / "Negative").iterdir()
    assert np.array_equal(read_photo(written).rgb, read_photo(path).rgb[10:90, 20:100])


def test_a_scanned_cracked_photo_gives_only_the_boxes_that_were_decided_on(records, tmp_path):
    inspection = records.add_inspection(BRIDGE).inspection
    _, photo = photo_file(tmp_path, 1, side=200)
    decided(records, inspection, photo, "crack", SCAN)
    with pytest.raises(DataError, match="nobody decided on the findings one by one"):
        write_decided(tmp_path / "none", read_settled(records), records.store)
    decided(records, inspection, photo, "crack", box=Box(0, 80, 0, 80))
    decided(records, inspection, photo, "no-crack", box=Box(100, 180, 0, 80))
    decided(records, inspection, photo, "review", box=Box(100, 180, 100, 180))
    written = write_decided(tmp_path / "out", read_settled(records), records.store)
    assert written.counts == {("", 1): 1, ("", 0): 1}


def test_what_cannot_be_used_is_told_and_the_rest_is_written(records, tmp_path):
    inspection = records.add_inspection(BRIDGE).inspection
    gone, photo = photo_file(tmp_path, 1)
    decided(records, inspection, photo, "crack")
    decided(records, inspection, photo_file(tmp_path, 2)[1], "crack")
    gone.unlink()
    written = write_decided(tmp_path / "out", read_settled(records), records.store)
    assert written.counts == {("", 1): 1}
    ((name, why),) = written.left_out
    assert name == gone.name
    assert "nothing there" in why


def test_a_photo_of_two_inspections_is_one_picture_and_with_two_answers_none(records, tmp_path):
    first, second = (records.add_inspection(BRIDGE).inspection for _ in range(2))
    alike, apart = photo_file(tmp_path, 1)[1], photo_file(tmp_path, 2)[1]
    for inspection, truth in ((first, "crack"), (second, "no-crack")):
        decided(records, inspection, alike, "crack")
        decided(records, inspection, apart, truth)
    written = write_decided(tmp_path / "out", read_settled(records), records.store)
    assert written.counts == {("", 1): 1}
    assert [name for name, _ in written.left_out] == [apart.name]


def test_nothing_is_written_over(records, tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match="new or empty folder"):
        write_decided(tmp_path, (), records.store)
    with pytest.raises(DataError, match="Decide on photos first"):
        write_decided(tmp_path / "out", (), records.store)


def part_of(text: str) -> str:
    """By the rule of `parts_of`, written down once more."""
    return ("train", "train", "train", "val", "test")[int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 5]


def structures(records: Records, tmp_path: Path, names: list[str]) -> None:
    """Of each a cracked and a sound photo."""
    for number, name in enumerate(names):
        inspection = records.add_inspection(dataclasses.replace(BRIDGE, structure=name)).inspection
        for label, truth in enumerate(("crack", "no-crack")):
            decided(records, inspection, photo_file(tmp_path, 2 * number + label)[1], truth)


def test_whole_structures_are_held_apart_where_there_are_enough(records, tmp_path):
    names = [f"Bridge {number}" for number in range(12)]
    structures(records, tmp_path, names)
    out = tmp_path / "out"
    written = write_decided(out, read_settled(records), records.store)
    assert written.grouped
    parts = {row["structure"]: row["part"] for row in rows(out)}
    assert parts == {name: part_of(name.casefold()) for name in names}
    for part in ("train", "val", "test"):
        photos = load_photos(out / part, 32)  # as train and evaluate read it
        assert len(photos) == 2 * list(parts.values()).count(part)


def test_of_one_structure_single_photos_are_held_apart(records, tmp_path):
    inspection = records.add_inspection(Inspection("one wall")).inspection
    for number in range(40):
        decided(records, inspection, photo_file(tmp_path, number)[1], ("crack", "no-crack")[number % 2])
    settled = read_settled(records)
    out = tmp_path / "out"
    written = write_decided(out, settled, records.store)
    assert not written.grouped
    assert {part for part, _ in written.counts} == {"train", "val", "test"}
    assert all(row["part"] == part_of(row["sha256"]) for row in rows(out))


def test_a_picture_stays_in_its_part_as_more_are_decided(records, tmp_path):
    from crackxai.inspection.decided_folder import Example

    structures(records, tmp_path, [f"Bridge {number}" for number in range(20)])
    examples = [Example(each, int(each.truth == "crack")) for each in read_settled(records)]
    few, grouped = parts_of(examples[:24])
    assert grouped
    assert parts_of(examples)[0][:24] == few
