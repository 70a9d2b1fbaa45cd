"""Made photos as an origin that `crackxai train` takes: ``Positive/``, ``Negative/`` and ``masks/``."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from crackxai.errors import DataError
from crackxai.files import make_folder, write_files

LABELS_FILE = "labels.csv"
SOURCE_FILE = "source.json"
QUALITY = 92
"""Of JPEG: photos come from cameras, and one without any trace of compression would be known by that."""


def new_origin(out: Path) -> None:
    """Make the folders of an origin.

    Raises
    ------
    DataError : ``out`` holds something already.
    OutputError : it cannot be made.
    """
    if out.is_dir() and any(out.iterdir()):
        raise DataError(f"expected a new or empty folder, received {out}, which holds files. Give another --out.")
    for name in ("Positive", "Negative", "masks"):
        make_folder(out / name)


def write_labelled(out: Path, name: str, rgb: np.ndarray, mask: np.ndarray | None) -> None:
    """Write a photo, cracked if there is a ``mask``, (H, W) bool, which is written too."""
    _, photo = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    files = {out / ("Negative" if mask is None else "Positive") / f"{name}.jpg": photo.tobytes()}
    if mask is not None:
        _, drawn = cv2.imencode(".png", mask.astype(np.uint8) * 255)
        files[out / "masks" / f"{name}.png"] = drawn.tobytes()
    write_files(files, replace=False)
