"""Pictures of recorded photos: small and large ones, findings of a scan, and a map that was kept."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from crackxai.inspection.originals import read_original, read_recorded
from crackxai.inspection.pictures import Look, drawn, limit_of
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.photo import Box
from crackxai.render import display_picture

QUALITY = 85
COLOURS = ((20, 20, 20), (255, 214, 10))
"""A dark rim and yellow: to be seen on any concrete, whatever colours one sees."""


def small_jpeg(store: PhotoStore, photo: PhotoFile, longer_side: int) -> bytes:
    """The photo as a small JPEG file, upright. Raises PhotoError, see `read_original`."""
    data = read_original(store, photo)
    if data[:2] == b"\xff\xd8":
        # Its bytes are those that were read as a photo once; the decoder shrinks a JPEG while it reads, ten times as
        # fast. What it cannot do is left to the careful reader below.
        try:
            with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
                image.draft("RGB", (longer_side, longer_side))
                upright = ImageOps.exif_transpose(image)
                if upright.mode in ("RGB", "L"):
                    return _jpeg(display_picture(np.asarray(upright.convert("RGB")), longer_side))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            pass
    return _jpeg(display_picture(read_recorded(store, photo).rgb, longer_side))


def with_findings(
    store: PhotoStore, photo: PhotoFile, findings: Iterable[Mapping[str, Any]], longer_side: int
) -> bytes:
    """The photo as a JPEG file with the findings of its scan as numbered boxes. Raises PhotoError.

    Parameters
    ----------
    findings : as `Scan.to_record` has them, in the photo's pixels.
    """
    whole = read_recorded(store, photo)
    image = display_picture(whole.rgb, longer_side).copy()
    scale = image.shape[1] / whole.box.width
    for number, finding in enumerate(findings, start=1):
        _mark(image, Box(**finding["box"]), str(number), scale)
    return _jpeg(image)


def with_map(
    store: PhotoStore, photo: PhotoFile, values: NDArray[np.float32], box: Box | None, longer_side: int, look: Look
) -> bytes:
    """The photo, or the window of it that was explained, under its map as a PNG file. Raises PhotoError.

    Parameters
    ----------
    values : (H, W, 3), as `ExplanationRecord.channel_values` has them. box : of the window; None: of the whole photo.
    """
    shown = read_recorded(store, photo)
    if box is not None:
        shown = shown.window(box)
    total = values.sum(axis=-1)
    return drawn(display_picture(shown.rgb, longer_side), total, limit_of(total, look), look)


def _mark(image: NDArray[np.uint8], box: Box, text: str, scale: float) -> None:
    corners = (round(box.left * scale), round(box.top * scale)), (round(box.right * scale), round(box.bottom * scale))
    (left, top), _ = corners
    for colour, thickness in zip(COLOURS, (5, 2), strict=True):
        cv2.rectangle(image, *corners, colour, thickness, cv2.LINE_AA)
        cv2.putText(image, text, (left + 6, top + 24), cv2.FONT_HERSHEY_SIMPLEX, 0.8, colour, thickness, cv2.LINE_AA)


def _jpeg(rgb: NDArray[np.uint8]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
