"""Ten people decide at once on a site of two servers, PostgreSQL and nginx: is anything lost, and how quick is it.

    python benchmarks/serving.py [--minutes 5] [--clients 10] [--pause 1] [--json]

The clients speak Streamlit's own websocket messages (`light_client.py`) and draw nothing: ten browsers would take the
cores from the servers. Each goes through an inspection, half of them through one of their own, half through a common
one, and decides by chance, with a reason where the machine is overridden. A press counts until the page shows what
comes next. Afterwards the records have to hold each decision once, in its inspection, on its photo, and their chain has
to fit. nginx is the README's, its clients come without TLS. The store of copies is a folder; the model is the tests'.
Needs what `tests/serving` needs, but for the S3-compatible server. ``--pause`` : seconds between decisions, as a mean.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from crackxai import load_model
from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import open_records
from tests import tiny
from tests.inspection.photo_folders import photos
from tests.inspection.records import postgresql
from tests.serving.deciders import Decider, check, decide_at_once
from tests.serving.site import site

PHOTOS = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--clients", type=int, default=10)
    parser.add_argument("--pause", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    # Short: the path of PostgreSQL's socket may have about 100 bytes.
    with (
        tempfile.TemporaryDirectory(prefix="pg") as short,
        tempfile.TemporaryDirectory() as folder,
        postgresql.server(Path(short)) as server,
        postgresql.database(server) as place,
    ):
        found = measure(Path(folder), place, args.clients, 60 * args.minutes, args.pause)
    if args.json:
        print(json.dumps(found, indent=2))
        return
    print(
        f"{os.cpu_count()} cores; {args.clients} clients, {args.minutes:g} minutes, {args.pause:g} s between decisions"
    )
    print(f"{found['decisions']} decisions, none lost, none mixed; {found['presses']} presses")
    print(f"{found['blank']} pages came without photos for 10 s and were asked for again (counted in the press)")
    print(f"a press: median {found['median_s']:.2f} s, p95 {found['p95_s']:.2f} s, worst {found['worst_s']:.2f} s")


def measure(folder: Path, place: str, clients: int, seconds: float, pause: float) -> dict[str, float]:
    model = tiny.write_model(folder / "model")
    wall, store = photos(folder / "wall", range(PHOTOS)), folder / "copies"
    with open_records(place, store=store) as records:
        names = [
            records.add_inspection(Inspection(f"Bridge {number}")).inspection for number in range(clients // 2 + 1)
        ]
        for name in names:
            run = FolderRun(load_model(model), open_source(wall), records, name, FolderSettings(copy=True))
            run.advance()
            run.close()
        deciders = [Decider(number, names[min(number, clients // 2)]) for number in range(clients)]
        with site(folder, place, model, CRACKXAI_STORE=str(store)) as running:
            asyncio.run(decide_at_once(running, deciders, pause, seconds))
        check(records, deciders)
        walked = audit(records.database)
        assert walked.fits, walked.misfit
    times = sorted(each for decider in deciders for each in decider.seconds)
    return {
        "decisions": sum(len(decider.made) for decider in deciders),
        "presses": len(times),
        "blank": sum(decider.blank for decider in deciders),
        "median_s": statistics.median(times),
        "p95_s": times[int(0.95 * len(times))],
        "worst_s": times[-1],
    }


if __name__ == "__main__":
    main()
