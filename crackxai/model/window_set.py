"""Windows to measure a model on: the same ones every time, with what is known of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from crackxai.model.dataset import LabelledPhotos
from crackxai.model.origins import OriginPart, OriginPhoto
from crackxai.model.windows import CRACKED, SOUND, Window, find_window, whole

CLOSEST = 0.87
"""Side of the smallest window, in sides of the network's picture."""


@dataclass(frozen=True, eq=False)
class WindowSet:
    """Windows of an origin's photos at the network's size.

    Attributes
    ----------
    name : of the origin.
    photos : N pictures with their labels; the path is the photo's.
    groups : (N,) int, the photo that each is of: windows of one photo are no independent evidence.
    scales : (N,) float64, pixels of the photo to one of the network's.
    widths : (N,) float64, the crack's mean width in the network's pixels; 0 of sound windows, NaN without a mask.
    """

    name: str
    photos: LabelledPhotos
    groups: np.ndarray
    scales: np.ndarray
    widths: np.ndarray

    def __len__(self) -> int:
        return len(self.photos)

    def take(self, index: np.ndarray) -> WindowSet:
        """The windows of ``index``."""
        return WindowSet(self.name, self.photos.take(index), self.groups[index], self.scales[index], self.widths[index])


def window_set(part: OriginPart, side: int, each: int = 4, seed: int = 0) -> WindowSet:
    """``each`` windows a label of every photo, as far as it has such; or the whole photos of an origin without masks.

    Sides are log-uniform between a little below the network's own pixels and the whole photo.

    Parameters
    ----------
    side : of the network's picture, pixels.
    seed : windows of a photo depend on it and on the photo's place alone.
    """
    found: list[tuple[OriginPhoto, int, int, Window]] = []
    for group, photo in enumerate(part.photos):
        if not part.windowed:
            found.append((photo, group, photo.label, whole(photo.rgb)))
            continue
        if photo.label == CRACKED and (photo.mask is None or not len(photo.mask.points)):
            continue
        rng = np.random.default_rng((seed, group))
        longest, closest = max(photo.rgb.shape[:2]), CLOSEST * side
        for label in (SOUND, CRACKED):
            for _ in range(each):
                wanted = closest * (max(1.0, longest / closest)) ** rng.random()
                window = find_window(photo.rgb, photo.mask, label, wanted, rng)
                if window is not None:
                    found.append((photo, group, label, window))
    return of_windows(part.name, side, found)


def of_windows(name: str, side: int, found: Sequence[tuple[OriginPhoto, int, int, Window]]) -> WindowSet:
    """From (photo, group, label, window) of each."""
    images = [cv2.resize(w.of(photo.rgb), (side, side), interpolation=cv2.INTER_AREA) for photo, _, _, w in found]
    widths = [
        0.0 if label == SOUND else math.nan if photo.mask is None else photo.mask.width(w) * side / w.side
        for photo, _, label, w in found
    ]
    return WindowSet(
        name,
        LabelledPhotos(
            np.stack(images) if images else np.zeros((0, side, side, 3), np.uint8),
            np.array([label for _, _, label, _ in found], dtype=np.uint8),
            tuple(photo.path for photo, _, _, _ in found),
        ),
        np.array([group for _, group, _, _ in found], dtype=int),
        np.array([w.side / side for _, _, _, w in found]),
        np.array(widths, dtype=np.float64),
    )


MAGNIFICATIONS = (0.5, 1.0, 2.0, 4.0)
"""At 1 a pixel of the photo is one of the network's; at 0.5 the wall is seen from twice as far."""


def magnified(part: OriginPart, side: int, seed: int = 0) -> dict[float, WindowSet]:
    """The same places of an origin's photos at several magnifications, where the label is the same at all of them.

    One cracked and one sound place of every photo that is large enough for the smallest magnification; empty for
    origins without masks.

    Parameters
    ----------
    side : of the network's picture, pixels.
    """
    found: dict[float, list[tuple[OriginPhoto, int, int, Window]]] = {scale: [] for scale in MAGNIFICATIONS}
    for group, photo in enumerate(part.photos if part.windowed else ()):
        if min(photo.rgb.shape[:2]) * min(MAGNIFICATIONS) < side:
            continue
        rng = np.random.default_rng((seed, group))
        for label in (SOUND, CRACKED):
            windows = _same_place(photo, label, side, rng)
            for scale, window in windows.items():
                found[scale].append((photo, group, label, window))
    return {scale: of_windows(part.name, side, windows) for scale, windows in found.items() if windows}


def _same_place(photo: OriginPhoto, label: int, side: int, rng: np.random.Generator) -> dict[float, Window]:
    """A window of the label at every magnification, around one place; empty where none is found."""
    for _ in range(20):
        first = find_window(photo.rgb, photo.mask, label, side / min(MAGNIFICATIONS), rng, tries=1)
        if first is None:
            continue
        x, y = first.left + first.width / 2, first.top + first.height / 2
        if label == CRACKED and photo.mask is not None:
            x, y = _nearest(photo.mask.points, x, y)
        windows = {}
        for scale in MAGNIFICATIONS:
            size = round(side / scale)
            left, top = (
                min(max(0, round(at - size / 2)), most - size)
                for at, most in ((x, photo.rgb.shape[1]), (y, photo.rgb.shape[0]))
            )
            windows[scale] = Window(left, top, size, size)
        if all(photo.mask is None or photo.mask.label(window) == label for window in windows.values()):
            return windows
    return {}


def _nearest(points: np.ndarray, x: float, y: float) -> tuple[float, float]:
    at = points[np.argmin(np.hypot(points[:, 0] - x, points[:, 1] - y))]
    return float(at[0]), float(at[1])
