"""A folder judged into an inspection without a cluster, and by 1, 2 and 4 workers of Ray on this computer's cores.

    python benchmarks/ray.py [--photos 100] [--small] [--workers 1,2,4] [--rounds 3] [--contents 20] [--json]

In each round, one after another: without a cluster, then with so many workers; every time into new records, and in the
next round the other way round. Told are photos/s from the moment that all workers are ready until everything is
recorded (median, least, most), their ratio to the round's run without a cluster, and apart from that the seconds until
they were ready and, afterwards, until the last of Ray's processes was gone. All records are audited and compared: as
many rows, the same photos in the same order, probabilities to 1e-6.

From 500 photos on, what it costs as they grow, of the last round: after each tenth of them the photos/s of that tenth,
and the memory (proportional set size, MB) of the run's process, of the one that speaks with Ray, of Ray's own and of
the workers together. Then what the process of the run can do at most, whoever computes: photos/s, of the first hundred,
that are read, hashed, looked up and recorded (known from another inspection), and of these without recording (recorded
before).

The photos are drawn by `folder.py`: 12 megapixels, or with --small 640 x 480. On disk they take 2.7 MB each, or 0.07,
in the system's folder for temporary files (TMPDIR), and are gone at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).parent.parent
# Not the first place: this script's name is Ray's.
sys.path[:1] = [str(ROOT)]
sys.path.append(str(ROOT / "benchmarks"))

import folder as drawing
import psutil

from crackxai import CrackModel, load_model
from crackxai.inspection.cluster.beside import wait_until_gone
from crackxai.inspection.cluster.cluster_run import ClusterRun
from crackxai.inspection.cluster.link import Cluster
from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import Records, open_records

TENTHS_FROM = 500
"""Photos; to look at the memory takes a tenth of a second, which a short run would notice."""
Rows = list[tuple[str, float | None]]


def run_of(model: CrackModel, photos: Path, records: Records, workers: int) -> FolderRun:
    """workers : of Ray; 0: without a cluster."""
    inspection = records.add_inspection(Inspection("benchmark")).inspection
    source = open_source(photos)
    if not workers:
        return FolderRun(model, source, records, inspection)
    return ClusterRun(model, source, records, inspection, Cluster("auto", per_node=workers))


@dataclass(frozen=True)
class Tenth:
    """What one tenth of the photos took. rate : photos/s. memory : MB at its end, by process."""

    photos: int
    rate: float
    memory: dict[str, int]


@dataclass(frozen=True)
class Judged:
    """One run. rate : photos/s. before, after : seconds until it could begin, and until Ray was gone."""

    rate: float
    before: float
    after: float
    tenths: list[Tenth]
    rows: Rows


def judged(model: CrackModel, photos: Path, place: Path, workers: int) -> Judged:
    """A run into new records, which are audited."""
    with open_records(place) as records:
        run = run_of(model, photos, records, workers)
        began = time.perf_counter()
        if isinstance(run, ClusterRun):
            while run.connect().workers < workers:
                time.sleep(0.05)
        before = time.perf_counter() - began
        tenths: list[Tenth] = []
        began = last = time.perf_counter()

        def told(*_: object) -> None:
            nonlocal last
            done = run.result().done
            counted = tenths[-1].photos if tenths else 0
            if run.total < TENTHS_FROM or done < run.total * (len(tenths) + 1) // 10 or done == counted:
                return
            now = time.perf_counter()
            tenths.append(Tenth(done, (done - counted) / (now - last), memory()))
            # Looking at the memory is not the run's.
            last = time.perf_counter()

        run.advance(progress=told)
        rate = run.result().photos / (time.perf_counter() - began)
        began = time.perf_counter()
        run.close()
        wait_until_gone()
        after = time.perf_counter() - began
        assert audit(records.database).fits
        rows = [(str(row.sha256), row.said.probability) for row in records.judgements(run.inspection)]
    return Judged(rate, before, after, tenths, rows)


def memory() -> dict[str, int]:
    """MB of this process and those below it; what several share is shared out among them."""
    found = dict.fromkeys(("run", "driver", "Ray", "workers"), 0.0)
    for each in (psutil.Process(), *psutil.Process().children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            line = " ".join(each.cmdline())
            kind = "workers" if "ray::Worker" in line else "driver" if "cluster.driver" in line else "Ray"
            found["run" if each.pid == os.getpid() else kind] += each.memory_full_info().pss / 2**20
    return {kind: round(size) for kind, size in found.items()}


def at_most(model: CrackModel, photos: Path, place: Path) -> dict[str, float]:
    """Photos/s of the run's own process, where all answers are known."""
    found = {}
    few = place.parent / "few"
    few.mkdir()
    for each in sorted(photos.iterdir())[:100]:
        os.link(each, few / each.name)
    photos = few
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
) -> dict[str, dict[str, Any]]:
    counts = (0, *workers)
    runs: dict[int, list[Judged]] = {each: [] for each in counts}
    reference: Rows = []
    for number in range(rounds):
        for each in counts if number % 2 == 0 else reversed(counts):
            run = judged(model, photos, places / f"{number}-{each}.sqlite", each)
            reference = reference or run.rows
            assert [sha256 for sha256, _ in run.rows] == [sha256 for sha256, _ in reference]
            assert all(abs((a or 0) - (b or 0)) <= 1e-6 for (_, a), (_, b) in zip(run.rows, reference, strict=True))
            runs[each].append(run)
            print(f"round {number + 1}, {named(each)}: {run.rate:.2f} photos/s", file=sys.stderr, flush=True)
    return {
        named(each): {
            "photos/s": drawing.spread([run.rate for run in runs[each]]),
            "ratio": drawing.spread([run.rate / plain.rate for run, plain in zip(runs[each], runs[0], strict=True)]),
            "seconds before": drawing.spread([run.before for run in runs[each]]),
            "seconds after": drawing.spread([run.after for run in runs[each]]),
            "tenths": [asdict(tenth) for tenth in runs[each][-1].tenths],
        }
        for each in counts
    }


def named(workers: int) -> str:
    return f"{workers} worker(s)" if workers else "without a cluster"


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
        tenths = values.pop("tenths")
        words = (f"{name} {value[0]:.3g} ({value[1]:.3g}–{value[2]:.3g})" for name, value in values.items())
        print(f"{what:<18} {', '.join(words)}")
        for tenth in tenths:
            sizes = ", ".join(f"{kind} {size}" for kind, size in tenth["memory"].items() if size)
            print(f"  {tenth['photos']:>6} photos: {tenth['rate']:.3g} photos/s; MB: {sizes}")
    print(", ".join(f"{name}: {value} photos/s" for name, value in most.items()))


if __name__ == "__main__":
    main()
