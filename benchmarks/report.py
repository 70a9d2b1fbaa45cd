"""An inspection handed over: seconds, megabytes and pages of the PDF and the archive, for 50 and 500 photos.

    python benchmarks/report.py [--photos 50 500] [--megapixels 12] [--cracked 0.4]

Photos are drawn, of as many megapixels as a camera's, with a camera's noise, and each is another file. The model is not
asked: judgements are written, so that it is the reading, the drawing and the writing that are measured. Memory is the
highest that the process had.
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np

from crackxai.inspection.handover.archive import write_archive
from crackxai.inspection.handover.check import check_archive
from crackxai.inspection.handover.pdf import write_pdf
from crackxai.inspection.handover.subject import Subject
from crackxai.inspection.records.facts import Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records, open_records
from crackxai.photo import read_photo
from crackxai.samples import draw_samples

FINGERPRINT = "ef" * 32


def photos(folder: Path, count: int, megapixels: float) -> list[Path]:
    """JPEG files: samples enlarged to a camera's size, under noise, each with a mark of its own: no two are alike."""
    side = round((megapixels * 1e6 * 3 / 4) ** 0.5)
    rng = np.random.default_rng(0)
    grounds = []
    for sample in draw_samples(6, seed=0):
        large = cv2.resize(sample.rgb, (side * 4 // 3, side), interpolation=cv2.INTER_CUBIC)
        grounds.append(np.clip(large + rng.normal(0, 9, large.shape), 0, 255).astype(np.uint8))

    def draw(number: int) -> Path:
        image = grounds[number % len(grounds)].copy()
        cv2.putText(image, str(number), (40, 400), cv2.FONT_HERSHEY_SIMPLEX, 12, (20, 20, 20), 30)
        path = folder / f"IMG_{number:04d}.jpg"
        path.write_bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes())
        return path

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(draw, range(count)))


def inspection(records: Records, files: list[Path], cracked: Callable[[int], bool]) -> str:
    """The photos of those numbers cracked, four of five decided."""
    name = records.add_inspection(Inspection("Bridge 7", "Bridge 7", "pier 2", "north", "2026-03-01", "Ada")).inspection
    settings = {"of": "photo", "precision": "exact", "threshold": 0.5, "band": 0.1}
    first = read_photo(files[0])
    with records.together():
        for number, path in enumerate(files):
            data = path.read_bytes()
            kind = "crack" if cracked(number) else "no-crack"
            facts = PhotoFile.of(first, data, path, "pier 2")
            sha256 = hashlib.sha256(data).hexdigest()
            records.add_photo(name, PhotoFile(**{**vars(facts), "name": path.name, "sha256": sha256}))
            probability = 0.93 if kind == "crack" else 0.04
            records.add_judgement(name, sha256, Judgement("tiny", FINGERPRINT, settings, kind, probability, 0.5, 0.1))
            if number % 5:
                records.decide(name, sha256, kind)
    return name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, nargs="+", default=[50, 500])
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--cracked", type=float, default=0.4)
    args = parser.parse_args()
    print(f"{args.megapixels:g} megapixels, {args.cracked:.0%} cracked")
    for count in args.photos:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            files = photos(folder, count, args.megapixels)
            size = sum(path.stat().st_size for path in files) / 1e6
            with open_records(folder / "records.sqlite") as records:
                name = inspection(records, files, lambda number: (number * 0.618) % 1 < args.cracked)
                subject = Subject.of(records, name)
                pdf, archive = folder / "bridge.pdf", folder / "bridge.zip"
                began, worked = time.perf_counter(), time.process_time()
                write_pdf(subject, pdf)
                written, worked = time.perf_counter(), time.process_time() - worked
                write_archive(subject, records, archive)
                packed = time.perf_counter()
                check_archive(archive)
                checked = time.perf_counter()
            pages = pdf.read_bytes().count(b"/Type /Page\n")
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{count} photos ({size:.0f} MB), {len(subject.findings)} findings: PDF {written - began:.1f} s "
                f"({worked:.1f} s of processors), "
                f"{pdf.stat().st_size / 1e6:.1f} MB, {pages} pages; archive {packed - written:.1f} s, "
                f"{archive.stat().st_size / 1e6:.0f} MB; its check {checked - packed:.1f} s; memory {memory:.0f} MB"
            )


if __name__ == "__main__":
    main()
