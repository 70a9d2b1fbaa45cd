"""A process that judges a folder, as one of several: ``sharing_writer.py MODEL FOLDER PLACE INSPECTION SLOW``.

It waits for a line before it begins, tells how far it is, and in the end what it computed: pictures that its network
was asked for, photos that it judged, maps that it made. SLOW : seconds that each batch takes longer.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from crackxai import ExplainSettings, load_model
from crackxai.inspection.folder_questions import WholePhotos
from crackxai.inspection.records import claims
from crackxai.inspection.records.records import open_records
from crackxai.tallies import counts
from tests.inspection.photo_folders import run_over

LEASE_S = 3.0
MAPS = ExplainSettings("mean", max_evals=50)


def main(model: str, folder: str, place: str, inspection: str, slow: str) -> None:
    claims.LEASE_S, claims.RENEW_S = LEASE_S, LEASE_S / 6
    answers = WholePhotos.answers

    def slowly(self, prepared, asked):
        if prepared:
            time.sleep(float(slow))
        return answers(self, prepared, asked)

    WholePhotos.answers = slowly
    with open_records(place) as records:
        run = run_over(load_model(model), records, inspection, Path(folder), explain_worst=2, maps=MAPS)
        print("ready", flush=True)
        sys.stdin.readline()

        def progress(done: int, total: int) -> None:
            print(run.result().done, flush=True)

        run.advance(len(run.source.photos), progress=progress)
        asked = counts()["evaluations"]
        run.advance(progress=progress)
        run.close()
        result = run.result()
        print(json.dumps({"asked": asked, "judged": result.by_way["judged"], "maps": result.maps}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
