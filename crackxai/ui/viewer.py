"""A large photo to zoom and pan in at full resolution, with layers and boxes, by mouse, finger or keyboard."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from crackxai.inspection.stated_scale import DrawnLine
from crackxai.inspection.wall_scale import CLICK_ERROR, CLOSEST
from crackxai.photo import Box, Photo
from crackxai.render import display_size
from crackxai.ui.scripts import component
from crackxai.ui.text import t

SIDE, DETAIL_SIDE = 1600, 1400
"""Longer side of the picture of the whole, and of one of a part, pixels."""
MARGIN = 0.25
"""Of what is seen, around it, that a sharper picture shows too: a short move needs no other."""
LEAST_WINDOW = 32
"""Shortest side of a window that can be marked, pixels of the photo: a photo must have as many."""
QUALITY = 88
"""Of JPEG files for the screen."""


@dataclass(frozen=True)
class Layer:
    """A picture laid over a part of the photo.

    Attributes
    ----------
    rgba : (h, w, 4) uint8. box : where, in the photo's pixels. rim : whether a white line goes around it.
    """

    rgba: NDArray[np.uint8]
    box: Box
    rim: bool = False


@dataclass(frozen=True)
class Spot:
    """A box that can be chosen.

    Attributes
    ----------
    number : told when it is chosen. sign : shown in its corner. label : for people who do not see it.
    kind : "counts", "weak" or "opened".
    """

    number: int
    box: Box
    sign: str
    label: str
    kind: str


def jpeg(rgb: NDArray[np.uint8], longer_side: int) -> bytes:
    """A picture for the screen, no larger than it is, as a JPEG file."""
    size = display_size(rgb.shape[1::-1], min(longer_side, max(rgb.shape[:2])))
    shown = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", shown[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])


def around(photo: Photo, seen: Box) -> Box:
    """What is seen of the photo, with a margin."""
    down, across = round(MARGIN * seen.height), round(MARGIN * seen.width)
    return Box(
        max(0, seen.top - down),
        min(photo.box.height, seen.bottom + down),
        max(0, seen.left - across),
        min(photo.box.width, seen.right + across),
    )


def view(
    photo_key: str,
    size: tuple[int, int],
    picture: bytes,
    alt: str,
    layers: Sequence[Layer],
    spots: Sequence[Spot],
    detail: tuple[Box, bytes] | None,
    look: Box | None,
    line: DrawnLine | None,
    key: str,
    chosen: Callable[[int], None],
    marked: Callable[[Box], None],
    measured: Callable[[DrawnLine], None],
    viewed: Callable[[Box], None],
) -> None:
    """Show the photo; what the engineer does with it is told before the page is drawn again.

    Parameters
    ----------
    photo_key : another one begins with all of the photo in view.
    size : (width, height) of the photo, pixels; all boxes are in these.
    picture : of the whole, a JPEG file. detail : box and JPEG file of a part, sharper.
    look : what to bring into view, where it is not. line : drawn on it.
    chosen : told the number of a spot. marked : a window that was dragged. measured : a line that was drawn.
    viewed : what is seen, when that is too coarse.
    """

    def listener(event: str, listen: Callable[[Any], None], of: Callable[[Any], Any]) -> Callable[[], None]:
        def tell() -> None:
            if (value := st.session_state[key].get(event)) is not None:
                listen(of(value))

        return tell

    def box_of(value: Any) -> Box:
        # From the browser: kept within the photo, whatever it says.
        top, bottom, left, right = (int(each) for each in value)
        width, height = size
        top, left = min(max(0, top), height - 1), min(max(0, left), width - 1)
        return Box(top, min(max(bottom, top + 1), height), left, min(max(right, left + 1), width))

    def line_of(value: Any) -> DrawnLine:
        x0, y0, x1, y1, error = (float(each) for each in value)
        width, height = size
        first, second = ((min(max(0.0, x), width), min(max(0.0, y), height)) for x, y in ((x0, y0), (x1, y1)))
        return DrawnLine(first, second, max(CLICK_ERROR, error))

    words = {name: t(f"viewer.{name}") for name in ("frame", "in", "out", "fit", "mark", "measure", "small", "short")}
    component("viewer")(
        data={
            "photo": photo_key,
            "size": list(size),
            "image": _url(picture, "jpeg"),
            "alt": alt,
            "layers": [{"image": _png(each.rgba), "box": _list(each.box), "rim": each.rim} for each in layers],
            "boxes": [
                {"number": each.number, "box": _list(each.box), "sign": each.sign, "label": each.label,
                 "kind": each.kind}
                for each in spots
            ],
            "detail": None if detail is None else {"box": _list(detail[0]), "image": _url(detail[1], "jpeg")},
            "look": None if look is None else _list(look),
            "line": None if line is None else [*line.first, *line.second],
            "least": LEAST_WINDOW,
            "closest": CLOSEST,
            "words": {**words, "scale": t("viewer.scale", scale="{scale}")},
        },
        key=key,
        on_chosen_change=listener("chosen", chosen, int),
        on_marked_change=listener("marked", marked, box_of),
        on_measured_change=listener("measured", measured, line_of),
        on_viewed_change=listener("viewed", viewed, box_of),
    )  # fmt: skip


def _list(box: Box) -> list[int]:
    return [box.top, box.bottom, box.left, box.right]


def _url(data: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _png(rgba: NDArray[np.uint8]) -> str:
    # OpenCV writes blue, green, red, alpha.
    return _url(bytes(cv2.imencode(".png", rgba[..., [2, 1, 0, 3]])[1]), "png")
