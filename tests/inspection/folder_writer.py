"""A process that judges a folder until it is done, or is killed: ``folder_writer.py MODEL FOLDER PLACE INSPECTION``."""

from __future__ import annotations

import sys
from pathlib import Path

from crackxai import ExplainSettings, load_model
from crackxai.inspection.records.records import open_records
from tests.inspection.photo_folders import run_over

MAPS = ExplainSettings("mean", max_evals=50)


def main(model: str, folder: str, place: str, inspection: str) -> None:
    with open_records(place) as records:
        run = run_over(load_model(model), records, inspection, Path(folder), copy=True, explain_worst=2, maps=MAPS)
        print("ready", flush=True)

        told = -1

        def progress(done: int, total: int) -> None:
            nonlocal told
            if done > told:
                told = done
                print(done, flush=True)

        run.advance(progress=progress)
        run.close()
        print("finished", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
