"""Pictures as PNG files."""

from __future__ import annotations

from typing import Any

import cv2
from numpy.typing import NDArray


def png(image: NDArray[Any]) -> bytes:
    """(H, W, 3) uint8 RGB as a PNG file."""
    # Level 1: pages encode a picture for every move of a slider, and photos hardly get smaller beyond it.
    ok, coded = cv2.imencode(".png", image[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not ok:
        raise ValueError(f"expected an (H, W, 3) uint8 picture, received {image.shape} {image.dtype}")
    return bytes(coded)
