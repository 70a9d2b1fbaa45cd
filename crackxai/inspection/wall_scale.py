"""Millimetres on the wall: from a printed marker in the photo, a known length on it, or a number.

Nothing is told without its error, and no width of a crack: heat and SHAP values are spread over regions of many pixels,
whose edges are not the crack's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from crackxai.errors import Message, PhotoError, SettingsError
from crackxai.photo import Photo

DICTIONARY = cv2.aruco.DICT_APRILTAG_36h11
"""The markers that are looked for; `crackxai.inspection.marker_sheet` prints them. Olson, "AprilTag: a robust and
flexible visual fiducial system", ICRA 2011."""
CORNER_ERROR = (0.2, 18.0)
"""Standard error of a detected corner, pixels: the first number, and the second by the marker's side in pixels. Of 240
drawn markers (tilted, turned, blurred by 0.4 to 1.5 pixels, with noise of up to 10 of 255) corners were off by 0.62,
0.36, 0.26 and 0.18 pixels (root mean square) at sides of 36, 64, 96 and 160 pixels; of a large one without any blur by
up to 0.37."""
CLICK_ERROR = 1.0
"""Standard error of an end of a length that somebody pointed at, pixels."""
CLOSEST = 20
"""Pixels between the ends of a known length, at least."""
VIEWS = 64
"""Ways in which the corners may really lie, by which errors are told."""
LARGEST_ERROR = 0.1
"""Relative error of a length beyond which it is not told: too far from the marker."""
Source = Literal["number", "length", "marker"]


@dataclass(frozen=True)
class Length:
    """A length on the wall, millimetres, and its standard error; None where the error is not known."""

    mm: float
    error: float | None

    def to_record(self) -> dict[str, float | None]:
        """As plain JSON values."""
        return {"mm": self.mm, "error_mm": self.error}


@dataclass(frozen=True, eq=False)
class WallScale:
    """How pixels of a photo lie on the plane of the wall; the file's pixels, from the photo's upper left corner.

    Attributes
    ----------
    source : where it is from.
    to_wall : (3, 3) float64: (x, y, 1) in the photo's pixels -> homogeneous millimetres on the wall.
    others : (N, 3, 3), as the corners may really lie; none for a number, whose error is its giver's.
    """

    source: Source
    to_wall: NDArray[np.float64]
    others: NDArray[np.float64]

    @classmethod
    def of_number(cls, mm_per_pixel: float) -> WallScale:
        """The same everywhere. Raises SettingsError where it is not positive and finite."""
        if not (math.isfinite(mm_per_pixel) and mm_per_pixel > 0):
            raise SettingsError(
                Message(
                    "scan-error.mm-per-pixel",
                    "expected a positive number of millimetres a pixel, received {received}.",
                    received=mm_per_pixel,
                )
            )
        return cls("number", np.diag([mm_per_pixel, mm_per_pixel, 1.0]), np.empty((0, 3, 3)))

    @classmethod
    def of_length(
        cls, first: tuple[float, float], second: tuple[float, float], mm: float, click_error: float = CLICK_ERROR
    ) -> WallScale:
        """Two points (x, y) in the photo whose distance on the wall is known. The photo is taken as square to it.

        Parameters
        ----------
        click_error : standard error of either point, pixels.

        Raises
        ------
        SettingsError : the points are closer than `CLOSEST`, or the length is not positive.
        """
        pixels = math.dist(first, second)
        if pixels < CLOSEST:
            raise SettingsError(
                Message(
                    "scan-error.points",
                    "expected points at least {least} pixels from each other, received {received}.",
                    least=CLOSEST,
                    received=f"{pixels:.1f}",
                )
            )
        if not (math.isfinite(mm) and mm > 0):
            raise SettingsError(
                Message(
                    "scan-error.known-length",
                    "expected a positive length in millimetres, received {received}.",
                    received=mm,
                )
            )
        rng = np.random.default_rng(0)
        drawn = pixels + rng.normal(0, click_error * math.sqrt(2), VIEWS)
        others = np.stack([np.diag([mm / each, mm / each, 1.0]) for each in drawn])
        return cls("length", np.diag([mm / pixels, mm / pixels, 1.0]), others)

    @classmethod
    def of_marker(cls, photo: Photo, mm: float) -> WallScale:
        """From the largest marker in a photo, whose black square has sides of ``mm`` millimetres.

        Raises
        ------
        PhotoError : there is none. SettingsError : ``mm`` is not positive.
        """
        if not (math.isfinite(mm) and mm > 0):
            raise SettingsError(
                Message(
                    "scan-error.marker-side",
                    "expected a positive side of the marker in millimetres, received {received}.",
                    received=mm,
                )
            )
        corners = _largest_marker(photo.rgb)
        if corners is None:
            raise PhotoError(
                Message(
                    "scan-error.no-marker",
                    "{name}: expected a marker (AprilTag 36h11) in the photo, received none that can be read. Put the "
                    "printed sheet flat on the wall, wholly visible, at least 40 pixels wide in the photo.",
                    name=photo.name,
                )
            )
        # In the file's pixels, of which a large JPEG is read at a half or less.
        least, by_side = CORNER_ERROR
        error = (least + by_side / math.sqrt(cv2.contourArea(corners.astype(np.float32)))) / photo.scale
        corners = corners / photo.scale
        rng = np.random.default_rng(0)
        square = np.array([[0, 0], [mm, 0], [mm, mm], [0, mm]], dtype=np.float32)

        def homography(points: NDArray[np.floating]) -> NDArray[np.float64]:
            found = np.asarray(cv2.getPerspectiveTransform(points.astype(np.float32), square), dtype=np.float64)
            # Its sign is free; the marker itself lies before the horizon.
            return np.asarray(found * np.sign(found[2] @ [*points.mean(axis=0), 1]))

        others = [homography(corners + rng.normal(0, error, corners.shape)) for _ in range(VIEWS)]
        return cls("marker", homography(corners), np.stack(others))

    def along(self, points: Sequence[tuple[float, float]]) -> Length | None:
        """The length of a line through (x, y) of the photo; None where it is too uncertain to be told."""
        line = np.asarray(points, dtype=np.float64)
        length = _length(self.to_wall, line)
        if not len(self.others):
            return Length(length, None)
        error = float(np.sqrt(np.mean([(_length(other, line) - length) ** 2 for other in self.others])))
        if not (math.isfinite(length) and error <= LARGEST_ERROR * max(length, 1e-9)):
            return None
        return Length(length, error)

    def square_metres(self, width: float, height: float) -> float | None:
        """Of the wall in a photo of that size, pixels; None where it reaches to the horizon."""
        corners = _on_wall(self.to_wall, np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64))
        if not np.isfinite(corners).all():
            return None
        x, y = corners.T
        return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2 / 1e6)

    def mm_per_pixel(self, x: float, y: float) -> float:
        """There: the side of the square on the wall that has the area of the pixel; infinite beyond the horizon."""
        a, b, c = _on_wall(self.to_wall, np.array([[x, y], [x + 1, y], [x, y + 1]], dtype=np.float64))
        if not np.isfinite((a, b, c)).all():
            return math.inf
        (ux, uy), (vx, vy) = b - a, c - a
        return math.sqrt(abs(ux * vy - uy * vx))

    def to_record(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"source": self.source, "to_wall": self.to_wall.tolist()}


def _largest_marker(rgb: NDArray[np.uint8]) -> NDArray[np.float64] | None:
    """(4, 2) float64 x, y of its corners, clockwise from the upper left; None where there is no marker."""
    options = cv2.aruco.DetectorParameters()
    options.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    # The paper's outline is a square, too, which may touch the photo's edge: by itself OpenCV gives both up for that.
    # Of 150 drawn markers on paper, wholly in the photo, it found 135; with this, all.
    options.minDistanceToBorder = 0
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(DICTIONARY), options)
    found, _, _ = detector.detectMarkers(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))
    if not len(found):
        return None
    return np.asarray(max((each[0] for each in found), key=cv2.contourArea), dtype=np.float64)


def _on_wall(homography: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) photo pixels -> (n, 2) millimetres; infinite at and beyond the horizon of the wall."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ homography.T
    depth = mapped[:, 2:]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(depth > 0, mapped[:, :2] / depth, np.inf)


def _length(homography: NDArray[np.float64], line: NDArray[np.float64]) -> float:
    with np.errstate(invalid="ignore"):
        steps = np.diff(_on_wall(homography, line), axis=0)
    return float(np.hypot(steps[:, 0], steps[:, 1]).sum())
