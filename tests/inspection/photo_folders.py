"""Folders and archives of drawn photos, for runs over them."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.folder_settings import FolderSettings
from crackxai.inspection.photo_source import open_source
from crackxai.inspection.records.records import Records
from crackxai.render import png
from tests import tiny


@functools.cache
def drawn(number: int, side: int = 160) -> bytes:
    """PNG files that all differ, cracked where ``number`` is even, as `tests.tiny` draws them."""
    rgb = cv2.resize(tiny.samples()[number % tiny.SAMPLES].rgb, (side, side), interpolation=cv2.INTER_AREA)
    rgb[:2, :2] = (number % 256, number // 256, 7)
    return bytes(png(np.ascontiguousarray(rgb)))


def photos(folder: Path, numbers: Iterable[int]) -> Path:
    """A folder of ``photo-NN.png``."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / f"photo-{number:02}.png").write_bytes(drawn(number))
    return folder


def archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A ZIP of these, in the order given."""
    with zipfile.ZipFile(path, "w", method) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


def zeros(size: int) -> bytes:
    """A ZIP in memory of so many zero bytes as one member: a thousandth of them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made, made.open("zeros.jpg", "w") as member:
        for _ in range(size // 2**20):
            member.write(bytes(2**20))
    return out.getvalue()


def run_over(model, records: Records, inspection: str, path: Path, **settings) -> FolderRun:
    """A run that has done nothing yet."""
    return FolderRun(model, open_source(path), records, inspection, FolderSettings(**settings))


def counts(records: Records, inspection: str) -> tuple[int, int, int]:
    """Rows of photos, judgements and explanations of an inspection, all that were ever written."""
    going = records.what_goes(inspection).went
    return going.get("photo", 0), going.get("judgement", 0), going.get("explanation", 0)
