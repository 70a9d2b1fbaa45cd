"""Real processes: two that write at once, and one that is killed at random moments."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.records import open_records
from tests.served import ROOT

KILLS = 10


def start(place: str, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.inspection.records.writer", place, name, str(count)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def test_two_that_write_at_once_leave_one_chain(place):
    """From an empty place on: they make the tables at once, too."""
    writers = [start(place, name, 25) for name in ("first", "second")]
    told = [writer.communicate(timeout=120)[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    with open_records(place, create=False) as records:
        found = audit(records.database)
        names = {row.said.name for row in records.inspections()}
        inspections = {row.inspection for row in records.inspections()}
    assert (found.fits, found.rows, found.inspections) == (True, 2 * 25 * 4, 50)
    assert names == {f"{name} {number}" for name in ("first", "second") for number in range(25)}
    assert inspections == {each for lines in told for each in lines[1:]}
    assert all(each.voided_by is None for each in found.sign_offs)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as POSIX has them")
def test_a_writer_killed_at_random_moments(place):
    """Whatever it had told as done is there, nothing is there by half, and the next one goes on."""
    moments = random.Random(13)
    told: set[str] = set()
    rows = 0
    for number in range(KILLS):
        writer = start(place, f"killed {number}", 100_000)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        told |= {writer.stdout.readline().strip() for _ in range(moments.randint(0, 5))}
        time.sleep(moments.uniform(0.0, 0.05))
        writer.kill()
        told |= {line.strip() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")}
        writer.wait()
        writer.stdout.close()

        with open_records(place, create=False) as records:
            found = audit(records.database)
            assert found.fits, found.misfit
            assert found.rows >= rows
            rows = found.rows
            inspections = {row.inspection for row in records.inspections()}
            assert told <= inspections
            for inspection in inspections:
                assert len(records.photos(inspection)) == len(records.judgements(inspection)) == 1
            # Signed off were all but those that were killed between their two transactions.
            assert len(inspections) - len(found.sign_offs) <= number + 1
            assert {each.inspection for each in found.sign_offs} >= told
    assert len(told) > KILLS
