"""Pages that open anywhere, fetch nothing and run nothing: their templates, in which everything is escaped."""

from __future__ import annotations

import base64
from pathlib import Path

import cv2
import jinja2
import numpy as np
from numpy.typing import NDArray

QUALITY = 90
"""Of JPEG files in a page."""
# Everything that is filled in may hold another's words.
_ENVIRONMENT = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


def render(template: str, **filled: object) -> str:
    """The page of a template beside this module; each value that it names has to be given."""
    return _ENVIRONMENT.get_template(template).render(**filled)


def png_url(data: bytes) -> str:
    """A PNG file as an address that needs no server."""
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def jpeg_url(image: NDArray[np.uint8]) -> str:
    """(H, W, 3) uint8, RGB, as the address of a JPEG file: of a large photo a tenth of a PNG file."""
    data = bytes(cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1])
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
