"""A run over a folder that is killed at random moments and begun again: nothing is lost, nothing is there twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from crackxai.inspection.folder_run import MAP_SHARE
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import open_records
from tests.inspection.photo_folders import counts, drawn, photos
from tests.served import ROOT

KILLS, PHOTOS = 10, 60


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.inspection.folder_writer", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills as POSIX has them")
def test_killed_at_random_moments_and_gone_on_with(tiny_folder, tmp_path):
    folder, place = photos(tmp_path / "wall", range(PHOTOS)), tmp_path / "records.sqlite"
    (folder / "broken.jpg").write_bytes(b"none")
    (folder / "twice.png").write_bytes(drawn(5))
    with open_records(place) as records:
        inspection = records.add_inspection(Inspection("Bridge 7")).inspection
    moments = random.Random(13)
    recorded = [0, 0, 0]
    for number in range(KILLS):
        run = start(tiny_folder, folder, place, inspection)
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
        # On their way through the photos, the later ones further on; the last while they make maps.
        until = number * (PHOTOS + 2 * MAP_SHARE) // KILLS - moments.randint(0, 8)
        while int(run.stdout.readline()) < until:
            pass
        time.sleep(moments.uniform(0.0, 0.03))
        run.kill()
        run.stdout.read()
        run.wait()
        run.stdout.close()
        with open_records(place, create=False) as records:
            found = audit(records.database)
            assert found.fits, found.misfit
            now = counts(records, inspection)
            assert now[0] == now[1] <= PHOTOS
            assert all(after >= before for before, after in zip(recorded, now, strict=True))
            assert {row.said.stored for row in records.photos(inspection)} <= records.store.names()
            recorded = list(now)
    assert recorded[:2] == [PHOTOS, PHOTOS]
    last = start(tiny_folder, folder, place, inspection)
    assert last.communicate(timeout=120)[0].endswith("finished\n")
    with open_records(place, create=False) as records:
        assert audit(records.database).fits
        assert counts(records, inspection) == (PHOTOS, PHOTOS, 2)
        assert len({row.said.sha256 for row in records.photos(inspection)}) == PHOTOS
        assert len({row.sha256 for row in records.judgements(inspection)}) == PHOTOS
        assert {row.said.stored for row in records.photos(inspection)} == records.store.names()
