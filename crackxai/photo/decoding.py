"""Pixels out of a file, upright, at no more memory than the decoder's own picture and the result.

Decoders see the bytes that make pixels and nothing else: metadata can neither make them fail, nor warn, nor turn.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from crackxai.errors import Message
from crackxai.photo.refusals import damaged
from crackxai.photo.values import Stated, find_scale, strips

Pixels = NDArray[np.uint8]

STRIP_PIXELS = 2**18
_UPRIGHT: dict[int, Callable[[Pixels], Pixels]] = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, -1),
}
"""Orientation -> the view of an upright array in which rows and columns lie as they are stored."""
_GREY = Message("photo-kind.grey", "grey")
_MODES = {
    "L": _GREY,
    "1": Message("photo-kind.black-and-white", "black and white"),
    "P": Message("photo-kind.palette", "palette"),
    "LAB": "Lab",
}


def turned(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """(width, height) of the upright picture."""
    return size[::-1] if orientation >= 5 else size


def decode(open_: Callable[[], Image.Image], orientation: int = 1) -> tuple[Pixels, list[Message]]:
    """(H, W, 3) uint8, upright, of an 8-bit picture that Pillow reads, and what was done to it."""
    with open_() as image:
        rgb, stored = _empty(image.size, orientation)
        for top, rows in _strips(image):
            stored[top : top + len(rows)] = rows
        return rgb, _notes(image)


def ends_flat(rgb: Pixels, orientation: int) -> bool:
    """Whether the last row, as stored, is of one colour: so are the rows that a decoder makes up."""
    last = _UPRIGHT[orientation](rgb)[-1]
    return bool((last == last[0]).all())


def rows_that_differ(open_: Callable[[], Image.Image], rgb: Pixels, orientation: int) -> int:
    """How many rows, as stored and counted from the last, reach up to the first that another decode has otherwise."""
    stored = _UPRIGHT[orientation](rgb)
    with open_() as image:
        for top, rows in _strips(image):
            same = (stored[top : top + len(rows)] == rows).all(axis=(1, 2))
            if not same.all():
                return len(stored) - top - int(np.argmin(same))
    return 0


def decode_deep(
    planes: list[bytes], size: tuple[int, int], stated: Stated, alpha: bool, half: bool = False, orientation: int = 1
) -> tuple[Pixels, list[Message]]:
    """(H, W, 3) uint8, upright, of a picture of more than 8 bits that OpenCV reads, and what was done to it.

    Parameters
    ----------
    planes : the file, or one for each channel.
    alpha : whether the last channel is one.
    half : whether its 16 bits are half-precision fractions.

    Raises
    ------
    Refusal : it is damaged, or what its values mean cannot be known.
    """
    found = [_read_deep(plane, size) for plane in planes]
    if half:
        found = [channel.view(np.float16) for channel in found]
    values = found[0] if len(found) == 1 else np.concatenate(found, axis=-1)
    del found
    grey = values.shape[-1] < 3 or (alpha and len(planes) == 1 and values.shape[-1] == 2)
    # OpenCV hands out colours as BGR, but planes as they come.
    order = [0, 0, 0] if grey else [2, 1, 0] if len(planes) == 1 else [0, 1, 2]
    colours = values[..., :1] if grey else values[..., :3]
    scale, notes = find_scale(colours, stated)
    opaque = _opaque(values) if alpha and values.shape[-1] in (2, 4) else None
    if grey:
        notes.append(_converted(_GREY))
    if opaque:
        notes.append(_on_white())
    rgb, stored = _empty(size, orientation)
    for top, rows in strips(values):
        strip = scale.apply(rows[..., : colours.shape[-1]])[..., order]
        if opaque:
            share = (rows[..., -1:].astype(np.float64) / opaque).clip(0, 1)
            strip = np.rint(strip * share + 255 * (1 - share)).astype(np.uint8)
        stored[top : top + len(rows)] = strip
    return rgb, notes


def _empty(size: tuple[int, int], orientation: int) -> tuple[Pixels, Pixels]:
    """A new upright array, and its view as stored."""
    width, height = turned(size, orientation)
    rgb = np.empty((height, width, 3), dtype=np.uint8)
    return rgb, _UPRIGHT[orientation](rgb)


def _read_deep(data: bytes, size: tuple[int, int]) -> NDArray[np.generic]:
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found is None or found.shape[1::-1] != size:
        raise damaged()
    return found if found.ndim == 3 else found[..., None]


def _opaque(values: NDArray[np.generic]) -> float | None:
    """The alpha of an opaque pixel: the highest that occurs. None where all have it, so that nothing is to be done."""
    alpha = values[..., -1]
    lowest, highest = float(alpha.min()), float(alpha.max())
    return highest if lowest < highest else None


def _strips(image: Image.Image) -> Iterator[tuple[int, Pixels]]:
    """(first row, (h, W, 3) uint8 rows) of a picture, from its top."""
    for top, strip in _crops(image):
        if _has_transparency(image):
            rgba = strip.convert("RGBA")
            strip = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
        yield top, np.asarray(strip if strip.mode == "RGB" else strip.convert("RGB"))


def _crops(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """(first row, rows) of a picture, from its top."""
    image.load()
    width, height = image.size
    step = max(1, STRIP_PIXELS // width)
    for top in range(0, height, step):
        yield top, image.crop((0, top, width, min(height, top + step)))


def _has_transparency(image: Image.Image) -> bool:
    return image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info


def _notes(image: Image.Image) -> list[Message]:
    """What was done to a picture that is loaded."""
    if _has_transparency(image) and _is_transparent(image):
        return [_on_white()]
    mode = {"LA": "L", "La": "L", "PA": "P", "RGBA": "RGB", "RGBa": "RGB"}.get(image.mode, image.mode)
    return [] if mode == "RGB" else [_converted(_MODES.get(mode, mode))]


def _is_transparent(image: Image.Image) -> bool:
    """Whether some pixel is not opaque."""
    return any(np.asarray(strip.convert("RGBA"))[..., 3].min() < 255 for _, strip in _crops(image))


def _on_white() -> Message:
    return Message("photo-note.transparent", "transparent parts put on white")


def _converted(mode: str) -> Message:
    return Message("photo-note.converted", "converted from {mode} to RGB", mode=mode)


def opener(plugin: Callable[[io.BytesIO], Image.Image], data: bytes) -> Callable[[], Image.Image]:
    """A decode that can be begun again. Pillow's own `Image.open` warns of sizes that are allowed here."""
    return lambda: plugin(io.BytesIO(data))
