"""A scan as files: a picture to look at, a table to count in, numbers to go on with."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from crackxai.inspection.findings import Finding
from crackxai.inspection.scan import Scan
from crackxai.photo import Box, Photo
from crackxai.render import display_picture, display_size, layer, overlay, own_limit

PICTURE_SIDE = 1600
"""Longer side of the picture, pixels."""
OPACITY = 0.6
"""Of heat of 0 or 1; heat of 0.5 is not drawn."""
LAYER_SIDE = 1000
"""Longer side of a layer, pixels."""
VEIL = (128, 128, 128, 90)
"""RGB and alpha over what was not looked at yet."""
HATCH_ALPHA = 190
"""Of the lines over what was not examined."""
HATCH = 12
"""Pixels between the lines over what was not examined."""
COLUMNS = (
    "number", "score", "probability", "highest", "length_pixels", "length_mm", "length_error_mm", "top", "bottom",
    "left", "right", "scale", "weak", "depends_on_grid", "doubts",
)  # fmt: skip


def picture(photo: Photo, scan: Scan, palette: str = "red-blue") -> NDArray[np.uint8]:
    """The photo in grey with its heat, what was not examined hatched, and the findings that count numbered.

    Returns
    -------
    (h, w, 3) uint8, RGB, longer side `PICTURE_SIDE`.
    """
    shown = display_picture(photo.rgb, PICTURE_SIDE)
    values = np.where(np.isfinite(scan.heat), 2 * scan.heat - 1, 0).astype(np.float32)
    values = _over(shown, values, scan)
    image = overlay(shown, values, 1.0, OPACITY, palette)
    _hatch(image, _over(shown, np.isnan(scan.heat).astype(np.float32), scan) > 0.5)
    _number(image, scan)
    return image


def heat_picture(photo: Photo, scan: Scan, palette: str = "red-blue") -> NDArray[np.uint8]:
    """The photo under its `heat_layer`, and the findings that count numbered: as the page shows it.

    Returns
    -------
    (h, w, 3) uint8, RGB, longer side `PICTURE_SIDE`.
    """
    shown = display_picture(photo.rgb, PICTURE_SIDE)
    over = cv2.resize(heat_layer(scan, OPACITY, palette), shown.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    alpha = over[..., 3:].astype(np.float32) / 255
    image = np.asarray((alpha * over[..., :3] + (1 - alpha) * shown).round().astype(np.uint8))
    _number(image, scan)
    return image


def heat_layer(scan: Scan, opacity: float = OPACITY, palette: str = "red-blue") -> NDArray[np.uint8]:
    """What a scan says of each spot, to be laid over the photo.

    Where a crack is more probable than not it is coloured, the more the surer; what could not be examined is hatched;
    what was not looked at yet is veiled in grey; the rest shows the photo as it is.

    Returns
    -------
    (h, w, 4) uint8, RGB and alpha, longer side `LAYER_SIDE`; of the photo's proportions.
    """
    width, height = display_size(scan.photo_size, LAYER_SIDE)
    ground = np.zeros((height, width, 3), dtype=np.uint8)
    hot = np.where(np.isfinite(scan.heat), np.maximum(2 * scan.heat - 1, 0), 0).astype(np.float32)
    image = layer(_over(ground, hot, scan), 1.0, opacity, palette)
    unsaid = _over(ground, np.isnan(scan.heat).astype(np.float32), scan) > 0.5
    if scan.tiles < scan.total:
        image[unsaid] = VEIL
    else:
        lines = ground.copy()
        _hatch(lines, unsaid)
        hatched = unsaid & (_stripes(ground.shape) < 4)
        image[hatched] = np.concatenate(
            [lines[hatched], np.full((int(hatched.sum()), 1), HATCH_ALPHA, np.uint8)], axis=1
        )
    return image


def explained_picture(
    photo: Photo, maps: Sequence[tuple[Box, NDArray[np.float32]]], palette: str = "red-blue"
) -> NDArray[np.uint8]:
    """SHAP maps of windows, each at its place in the photo, all on one colour scale.

    Each map tells what raised and lowered the probability of its own window from its own base value: where windows lie
    over each other the mean is drawn, and nothing is said between them.

    Parameters
    ----------
    maps : box of the window in the photo's pixels, and its SHAP values, (h, w) float32; at least one.

    Returns
    -------
    (h, w, 3) uint8, RGB, longer side `PICTURE_SIDE`; the windows have a white rim.
    """
    shown = display_picture(photo.rgb, PICTURE_SIDE)
    total = np.zeros(shown.shape[:2], dtype=np.float32)
    count = np.zeros(shown.shape[:2], dtype=np.float32)
    scale = shown.shape[1] / photo.box.width
    places = [_place(box, scale, shown.shape) for box, _ in maps]
    for (rows, columns), (_, values) in zip(places, maps, strict=True):
        size = columns.stop - columns.start, rows.stop - rows.start
        total[rows, columns] += cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        count[rows, columns] += 1
    limit = own_limit(np.concatenate([values.ravel() for _, values in maps]))
    image = overlay(shown, total / np.maximum(count, 1), limit, palette=palette)
    for rows, columns in places:
        corners = (columns.start, rows.start), (columns.stop - 1, rows.stop - 1)
        for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
            cv2.rectangle(image, *corners, colour, thickness)
    return image


def _place(box: Box, scale: float, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a picture of ``shape``, at least one of each."""

    def along(start: int, stop: int, end: int) -> slice:
        first = min(round(start * scale), end - 1)
        return slice(first, min(max(round(stop * scale), first + 1), end))

    return along(box.top, box.bottom, shape[0]), along(box.left, box.right, shape[1])


def as_json(scan: Scan) -> str:
    """The record as text."""
    return json.dumps(scan.to_record(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def as_csv(scan: Scan) -> str:
    """A row a finding, highest score first; boxes and lengths in the photo's pixels."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for number, finding in enumerate(scan.findings, 1):
        box, length = finding.box, scan.length(finding)
        table.writerow(
            [
                number,
                f"{finding.score:.4f}",
                f"{finding.probability:.4f}",
                f"{finding.highest:.4f}",
                f"{finding.length:.0f}",
                *(("", "") if length is None else (f"{length.mm:.0f}", f"{length.error:.0f}")),
                *(box.top, box.bottom, box.left, box.right),
                f"{finding.scales[0]:g}",
                *(_told(finding.weak), _told(finding.depends_on_grid)),
                " ".join(finding.doubts),
            ]
        )
    return out.getvalue()


def as_npz(scan: Scan) -> bytes:
    """A NumPy archive: heat (h, w) float32, NaN where nothing can be said; heat_N of each scale; cell (pixels)."""
    out = io.BytesIO()
    scales = {f"heat_{scale:g}": values for scale, values in scan.heats.items()}
    np.savez_compressed(out, heat=scan.heat, cell=np.float64(scan.cell), record=np.array(as_json(scan)), **scales)  # type: ignore[arg-type]
    return out.getvalue()


def _told(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _over(shown: NDArray[np.uint8], values: NDArray[np.float32], scan: Scan) -> NDArray[np.float32]:
    """Values of cells at the picture's size; the last cells reach beyond the photo."""
    height, width = shown.shape[:2]
    scale = width / scan.photo_size[0]
    x = ((np.arange(width) + 0.5) / scale / scan.cell - 0.5).astype(np.float32)
    y = ((np.arange(height) + 0.5) / scale / scan.cell - 0.5).astype(np.float32)
    across, down = np.meshgrid(x, y)
    found = cv2.remap(values, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype=np.float32)


def _hatch(image: NDArray[np.uint8], where: NDArray[np.bool_]) -> None:
    """Diagonal lines, dark beside light, to be seen on any ground."""
    at = _stripes(image.shape)
    image[where & (at < 2)] = 255
    image[where & (at >= 2) & (at < 4)] = 60


def _stripes(shape: tuple[int, ...]) -> NDArray[np.integer]:
    """(h, w): how far each pixel is from the diagonal line before it."""
    return np.asarray((np.arange(shape[0])[:, None] + np.arange(shape[1])) % HATCH)


def _number(image: NDArray[np.uint8], scan: Scan) -> None:
    for number, finding in enumerate(scan.counted, 1):
        _draw(image, finding, number, image.shape[1] / scan.photo_size[0])


def _draw(image: NDArray[np.uint8], finding: Finding, number: int, scale: float) -> None:
    """A box with its number, white with a black rim."""
    box = finding.box
    left, top = round(box.left * scale), round(box.top * scale)
    right = min(round(box.right * scale), image.shape[1]) - 2
    bottom = min(round(box.bottom * scale), image.shape[0]) - 2
    text, font, size = str(number), cv2.FONT_HERSHEY_SIMPLEX, 0.9
    height = cv2.getTextSize(text, font, size, 2)[0][1]
    for colour, thickness in (((0, 0, 0), 6), ((255, 255, 255), 2)):
        cv2.rectangle(image, (left, top), (right, bottom), colour, thickness, cv2.LINE_AA)
        cv2.putText(image, text, (left + 6, top + height + 8), font, size, colour, thickness, cv2.LINE_AA)
