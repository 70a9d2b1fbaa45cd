"""Several processes over one folder and one PostgreSQL: nothing is lost, recorded twice, or done twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.claims import Claims, work_of
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import open_records
from tests.inspection.photo_folders import counts, photos
from tests.served import ROOT

PHOTOS = 48


@pytest.fixture
def both(shared_place):
    """Two who open the same records."""
    with open_records(shared_place) as one, open_records(shared_place) as other:
        yield one.database, other.database


def claimed(database) -> int:
    from sqlalchemy import text

    with database.engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM claim")).scalar_one()


def test_work_is_in_one_pair_of_hands(both):
    one, other = (Claims(database) for database in both)
    works = [work_of("photo", str(number)) for number in range(3)]
    assert one.take(works[:2]) == {*works[:2]}
    assert one.take(works[:1]) == {*works[:1]}, "its own, for another lease"
    assert other.take(works) == {works[2]}
    one.give_back(works[:1])
    assert other.take(works) == {works[0], works[2]}
    one.give_all_back()
    other.give_back(works[1:2])  # not its own
    assert claimed(both[0]) == 2
    other.give_all_back()
    assert claimed(both[0]) == 0


def test_what_nobody_renews_is_free_again(both):
    dead, other = Claims(both[0], lease=0.3), Claims(both[1])
    assert dead.take(["a", "b"]) == {"a", "b"}
    assert other.take(["a"]) == set()
    time.sleep(0.4)
    assert other.take(["a"]) == {"a"}
    dead.give_back(["a"])
    assert dead.take(["a"]) == set(), "it has another holder now"


def test_whoever_shows_signs_of_life_goes_on_holding(both, monkeypatch):
    monkeypatch.setattr("crackxai.inspection.records.claims.RENEW_S", 0.05)
    slow, other = Claims(both[0], lease=0.6), Claims(both[1])
    slow.take(["a"])
    until = time.monotonic() + 1.2
    while time.monotonic() < until:
        slow.renew()
        assert other.take(["a"]) == set()
        time.sleep(0.1)


def test_sqlite_has_one_computer_and_no_claims(own_records):
    with open_records(own_records) as records:
        one, other = Claims(records.database), Claims(records.database)
        assert one.take(["a"]) == other.take(["a"]) == {"a"}
        assert claimed(records.database) == 0


class Writer:
    """A process of `tests.serving.sharing_writer` that is ready."""

    def __init__(self, model: Path, folder: Path, place: str, inspection: str, slow: float = 0.0) -> None:
        command = [sys.executable, "-m", "tests.serving.sharing_writer", model, folder, place, inspection, slow]
        self.process = subprocess.Popen(
            [*map(str, command)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def until(self, done: int) -> None:
        assert self.process.stdout is not None
        while int(self.process.stdout.readline()) < done:
            pass

    def end(self) -> dict[str, int]:
        said: dict[str, int] = json.loads(self.process.communicate(timeout=180)[0].splitlines()[-1])
        return said


@pytest.fixture
def wall(shared_place, tmp_path) -> tuple[Path, str, str]:
    folder = photos(tmp_path / "wall", range(PHOTOS))
    with open_records(shared_place) as records:
        return folder, shared_place, records.add_inspection(Inspection("Bridge 7")).inspection


def check(place: str, inspection: str) -> None:
    with open_records(place, create=False) as records:
        found = audit(records.database)
        assert found.fits, found.misfit
        assert counts(records, inspection) == (PHOTOS, PHOTOS, 2)
        assert len({row.sha256 for row in records.judgements(inspection)}) == PHOTOS
        assert claimed(records.database) == 0


def test_two_at_once_share_the_photos_out(wall, tiny_folder):
    folder, place, inspection = wall
    writers = [Writer(tiny_folder, folder, place, inspection, slow=0.1) for _ in range(2)]
    for writer in writers:
        writer.go()
    said = [writer.end() for writer in writers]
    check(place, inspection)
    assert sum(each["judged"] for each in said) == PHOTOS
    assert sum(each["asked"] for each in said) == PHOTOS, "no photo was computed twice"
    assert sum(each["maps"] for each in said) == 2, "nor a map made twice"
    assert min(each["judged"] for each in said) > 0, "and both did some"


def test_what_a_killed_one_had_in_hand_is_done_by_the_other(wall, tiny_folder):
    folder, place, inspection = wall
    killed = Writer(tiny_folder, folder, place, inspection, slow=0.3)
    other = Writer(tiny_folder, folder, place, inspection)
    killed.go()
    killed.until(8)
    killed.process.kill()
    killed.process.communicate()
    with open_records(place) as records:
        left = claimed(records.database)
        before = counts(records, inspection)[1]
    assert left > 0
    other.go()
    said = other.end()
    check(place, inspection)
    assert said["judged"] == said["asked"] == PHOTOS - before
