"""A folder judged into an inspection without a cluster, and by 1, 2 and 4 workers of Ray on this computer's cores.

    python benchmarks/ray.py [--photos 100] [--small] [--workers 1,2,4] [--rounds 3] [--contents 20] [--json]

In each round, one after another: without a cluster, then with so many workers; every time into new records, and in the
next round the other way round. Told are photos/s from the moment that all workers are ready (median, least, most),
their ratio to the round's run without a cluster, and apart from that the seconds until they were ready. All records are
audited and compared: as many rows, the same photos in the same order, probabilities to 1e-6. Then what the process of
the run can do at most, whoever computes: photos/s that are read, hashed, looked up and recorded (known from another
inspection), and of these without recording (recorded before).

The photos are drawn by `folder.py`: 12 megapixels, or with --small 640 x 480.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).parent.parent
# Not the first place: this script's name is Ray's.
sys.path[:1] = [str(ROOT)]
sys.path.append(str(ROOT / "benchmarks"))

import folder as drawing
import psutil

from crackxai import CrackModel, load_model
from crackxai.inspection.cluster.cluster_run import ClusterRun
from crackxai.inspection.cluster.link import Cluster
from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import Records, open_records

Rows = list[tuple[str, float | None]]


def run_of(model: CrackModel, photos: Path, records: Records, workers: int) -> FolderRun:
    """workers : of Ray; 0: without a cluster."""
    inspection = records.add_inspection(Inspection("benchmark")).inspection
    source = open_source(photos)
    if not workers:
        return FolderRun(model, source, records, inspection)
    return ClusterRun(model, source, records, inspection, Cluster("auto", per_node=workers))


def judged(model: CrackModel, photos: Path, place: Path, workers: int) -> tuple[float, float, Rows]:
    """Photos/s, the seconds before, and what was recorded, in order."""
    with open_records(place) as records:
        run = run_of(model, photos, records, workers)
        began = time.perf_counter()
        if isinstance(run, ClusterRun):
            while run.connect().workers < workers:
                time.sleep(0.05)
        ready = time.perf_counter() - began
        began = time.perf_counter()
        run.advance()
        rate = run.result().photos / (time.perf_counter() - began)
        run.close()
        assert audit(records.database).fits
        return rate, ready, [(str(row.sha256), row.said.probability) for row in records.judgements(run.inspection)]


def at_most(model: CrackModel, photos: Path, place: Path) -> dict[str, float]:
    """Photos/s of the run's own process, where all answers are known."""
    found = {}
    with open_records(place) as records:
        first = run_of(model, photos, records, 0)
        first.advance()
        first.close()
        for name in ("read, hashed, recorded", "read, hashed, recorded before"):
            run = run_of(model, photos, records, 0)
            if name.endswith("before"):
                run = FolderRun(model, open_source(photos), records, first.inspection)
            began = time.perf_counter()
            run.advance()
            found[name] = round(run.result().photos / (time.perf_counter() - began), 1)
            run.close()
    return found


def measure(
    model: CrackModel, photos: Path, places: Path, workers: list[int], rounds: int
) -> dict[str, dict[str, list[float]]]:
    rates: dict[int, list[float]] = {each: [] for each in (0, *workers)}
    starts: dict[int, list[float]] = {each: [] for each in (0, *workers)}
    reference: Rows = []
    for number in range(rounds):
        order = [0, *workers] if number % 2 == 0 else [*reversed(workers), 0]
        for each in order:
            rate, ready, rows = judged(model, photos, places / f"{number}-{each}.sqlite", each)
            reference = reference or rows
            assert [sha256 for sha256, _ in rows] == [sha256 for sha256, _ in reference]
            assert all(abs((a or 0) - (b or 0)) <= 1e-6 for (_, a), (_, b) in zip(rows, reference, strict=True))
            rates[each].append(rate)
            starts[each].append(ready)
    return {
        f"{each} worker(s)" if each else "without a cluster": {
            "photos/s": drawing.spread(rates[each]),
            "ratio": drawing.spread([one / other for one, other in zip(rates[each], rates[0], strict=True)]),
            "seconds before": drawing.spread(starts[each]),
        }
        for each in (0, *workers)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100)
    parser.add_argument("--contents", type=int, default=20)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    if args.small:
        drawing.WIDTH, drawing.HEIGHT = 640, 480
    model = load_model()
    with tempfile.TemporaryDirectory() as name:
        photos = Path(name) / "photos"
        photos.mkdir()
        drawing.draw(photos, args.photos, min(args.photos, args.contents))
        sizes = [each.stat().st_size for each in photos.iterdir()]
        found = measure(model, photos, Path(name), [int(each) for each in args.workers.split(",")], args.rounds)
        most = at_most(model, photos, Path(name) / "most.sqlite")
    facts = {
        "processor": f"{model.processor}, {psutil.cpu_count()} cores",
        "photos": args.photos,
        "MB each": round(statistics.mean(sizes) / 1e6, 2),
        "load": psutil.getloadavg()[0],
    }
    if args.json:
        print(json.dumps({**facts, "runs": found, "the run's process, photos/s": most}, indent=2))
        return
    print(", ".join(f"{name} {value}" for name, value in facts.items()))
    for what, values in found.items():
        words = (f"{name} {value[0]:.3g} ({value[1]:.3g}–{value[2]:.3g})" for name, value in values.items())
        print(f"{what:<18} {', '.join(words)}")
    print(", ".join(f"{name}: {value} photos/s" for name, value in most.items()))


if __name__ == "__main__":
    main()
