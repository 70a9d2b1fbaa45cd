"""A folder of 12-megapixel photos judged into an inspection, beside what it cannot do without.

    python benchmarks/folder.py [--photos 1000] [--contents 200] [--step 20] [--precision exact] [--json]

One run over all photos, advanced so many at a time, and before or after each step, by turns, the same photos bare:
read and decoded one after another, then passed through the network in the run's batches. Told are photos/s of both, the
ratio of neighbours (median, least, most; above 1: the cores are used better than by one after another), and the peak of
the process's resident memory after 100, 300 and all photos. Then how long a map that somebody asks for waits for its
first answers while the same folder is judged in the background, and in an idle queue. The photos are drawn: so many
contents, and of each as many files as it takes, which differ in a comment.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import struct
import sys
import tempfile
import time
from concurrent.futures import wait
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import cv2
import numpy as np
import psutil
from memory import Watch

from crackxai import CrackModel, ExplainSettings, load_model, read_photo
from crackxai.explain.explainer import Explainer
from crackxai.inspection.folder_questions import WholePhotos
from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.audit import audit
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import open_records
from crackxai.ui.job import Job
from crackxai.ui.jobs import Queue

WIDTH, HEIGHT = 4000, 3000
TOLD = (100, 300, 1000)


def draw(folder: Path, count: int, contents: int) -> None:
    """JPEG photos of a rough wall, cracked every second one, one file after another."""
    rng = np.random.default_rng(0)
    coarse = rng.normal(128, 20, (HEIGHT // 4, WIDTH // 4, 3)).clip(0, 255).astype(np.uint8)
    grain = rng.integers(0, 24, (2 * HEIGHT, 2 * WIDTH, 3), dtype=np.uint8)
    drawn: list[bytes] = []
    for number in range(count):
        if number < contents:
            top, left = (int(rng.integers(0, side)) for side in (HEIGHT // 8, WIDTH // 8))
            part = coarse[top : top + HEIGHT // 8, left : left + WIDTH // 8]
            image = cv2.resize(part, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
            image = cv2.add(image, grain[8 * top : 8 * top + HEIGHT, 8 * left : 8 * left + WIDTH])
            if number % 2:
                cv2.line(image, (left, 0), (left + 700, HEIGHT), (30, 30, 30), 40)
            drawn.append(bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]))
        comment = str(number).encode()
        segment = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment
        data = drawn[number % contents]
        (folder / f"wall-{number:05}.jpg").write_bytes(data[:2] + segment + data[2:])


def bare(model: CrackModel, paths: list[Path]) -> tuple[float, float]:
    """Seconds of decoding and of forward passes, one photo and one batch after another."""
    pictures, decoding = [], 0.0
    for path in paths:
        began = time.perf_counter()
        photo = read_photo(path)
        decoding += time.perf_counter() - began
        pictures.append(model.prepare(photo))
    began = time.perf_counter()
    for at in range(0, len(pictures), WholePhotos.batch):
        model.predict_with_features(np.stack(pictures[at : at + WholePhotos.batch]))
    return decoding, time.perf_counter() - began


def advanced(run: FolderRun, to: int) -> tuple[float, float]:
    """Seconds, and those of all cores, until the run has so many photos, and as many ahead as it had before."""
    began, working = time.perf_counter(), time.process_time()
    run.advance(to)
    # What it looks ahead is the next step's work: waited for, so that each step does as much as it counts.
    wait(list(run._ahead._waiting))
    return time.perf_counter() - began, time.process_time() - working


def measure(model: CrackModel, folder: Path, place: Path, step: int) -> dict[str, object]:
    source = open_source(folder)
    paths = [Path(str(photo.path)) for photo in source.photos]
    bare(model, paths[:2])  # warm
    with open_records(place) as records:
        inspection = records.add_inspection(Inspection("benchmark")).inspection
        run = FolderRun(model, source, records, inspection)
        at_rest = psutil.Process().memory_info().rss
        watch, memory, steps = Watch(psutil.Process()), {}, []
        while not run.finished:
            before = run.result().done
            seconds: dict[str, tuple[float, ...]] = {}
            turns = ["run", "bare"] if len(steps) % 2 else ["bare", "run"]
            for turn in turns:
                if turn == "run":
                    seconds[turn] = advanced(run, min(before + step, run.total))
                else:
                    seconds[turn] = bare(model, paths[before : before + step])
            done = run.result().done - before
            bared = len(paths[before : before + step])
            # The first step also fills what is looked ahead, the last one finds it full: neither is a fair one.
            if done:
                steps.append(
                    {
                        "run": done / seconds["run"][0],
                        "bare": bared / sum(seconds["bare"]),
                        "cpu_ms": 1000 * seconds["run"][1] / done,
                        "decode_ms": 1000 * seconds["bare"][0] / bared,
                        "forward_ms": 1000 * seconds["bare"][1] / bared,
                    }
                )
            for number in TOLD:
                if run.result().done >= number and number not in memory:
                    memory[number] = (watch.peak - at_rest) / 2**20
        memory[run.result().done] = (watch.peak - at_rest) / 2**20
        watch.going = False
        run.close()
        fits, count = audit(records.database).fits, len(records.judgements(inspection))
    fair = steps[1:-1] or steps
    return {
        "photos": count,
        "records fit": fits,
        "device": model.device,
        "cores": psutil.cpu_count(),
        "load": psutil.getloadavg()[0],
        "run, photos/s": spread([each["run"] for each in fair]),
        "bare, photos/s": spread([each["bare"] for each in fair]),
        "run / bare": spread([each["run"] / each["bare"] for each in fair]),
        "run, ms of all cores": spread([each["cpu_ms"] for each in fair]),
        "decode, ms": spread([each["decode_ms"] for each in fair]),
        "forward, ms": spread([each["forward_ms"] for each in fair]),
        "peak above rest, MB": {str(number): round(peak) for number, peak in memory.items()},
    }


def first_answers(model: CrackModel, path: Path, queue: Queue, times: int) -> list[float]:
    """Seconds from asking for a map of 50 evaluations to its first answers, one after another with pauses between."""
    photo, waits = read_photo(path), []
    for seed in range(times):
        job = Job(Explainer(model, photo, ExplainSettings(max_evals=50, seed=seed)), 50, owner="somebody")
        began = time.perf_counter()
        queue.submit(job)
        while not job.evaluations and not job.done:
            time.sleep(0.005)
        waits.append(time.perf_counter() - began)
        while not job.done:
            time.sleep(0.02)
        time.sleep(0.5)  # the folder goes on
    return waits


def waits(model: CrackModel, folder: Path, place: Path, times: int = 10) -> dict[str, object]:
    """How long one who asks for a map waits beside a folder in the background, and without it."""
    queue = Queue()
    source = open_source(folder)
    path = Path(str(source.photos[0].path))
    first_answers(model, path, queue, 1)  # warm
    idle = first_answers(model, path, queue, times)
    with open_records(place) as records:
        run = FolderRun(model, source, records, records.add_inspection(Inspection("benchmark")).inspection)
        background = Job(run, run.total, owner="folder", background=True)
        queue.submit(background)
        while not run.result().done:
            time.sleep(0.02)
        beside, judged = first_answers(model, path, queue, times), run.result().done
        still = not background.done
        queue.cancel(background)
        while not background.done:
            time.sleep(0.02)
        run.close()
    found = {"first answers, idle, s": spread(idle), "first answers, beside, s": spread(beside)}
    return found | {"photos judged meanwhile": f"{judged}{'' if still else ', all of them: take more'}"}


def spread(values: list[float]) -> list[float]:
    """Median, least, most."""
    return [round(value, 3) for value in (statistics.median(values), min(values), max(values))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--contents", type=int, default=200)
    parser.add_argument("--step", type=int, default=20)
    parser.add_argument("--precision", choices=("exact", "fast"), default="exact")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    model = load_model(precision=args.precision)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "photos"
        folder.mkdir()
        draw(folder, args.photos, min(args.photos, args.contents))
        found = measure(model, folder, Path(name) / "records.sqlite", args.step)
        found |= waits(model, folder, Path(name) / "others.sqlite")
    if args.json:
        print(json.dumps(found, indent=2))
        return
    for what, value in found.items():
        if isinstance(value, list):
            value = f"{value[0]:.3g} ({value[1]:.3g}–{value[2]:.3g})"
        print(f"{what:<20} {value}")


if __name__ == "__main__":
    main()
