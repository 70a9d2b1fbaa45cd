"""Bytes in, an upright RGB photo out, or a `PhotoError` that says why not."""

from __future__ import annotations

import hashlib
import io
import os
import re
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from crackxai.errors import Message, PhotoError
from crackxai.photo.photo import Photo

MAX_BYTES = 50 * 1024 * 1024
"""Largest file that is read."""
MAX_PIXELS = 100_000_000
"""Largest picture that is decoded, by the size its header states."""
MIN_SIDE = 32
"""Smallest side, pixels: below it there is nothing to see at the network's scale."""
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "HEIF")
"""Pillow's names of the formats that are tried; no other decoder sees the bytes."""
EXPECTED = "a JPEG, PNG, WebP, BMP, TIFF or HEIC photo"


def read_photo(source: str | os.PathLike | bytes, name: str | None = None) -> Photo:
    """Read a photo from a path or from its bytes.

    Parameters
    ----------
    source : a path, or the file's bytes.
    name : what to call it in messages; default: the path's last part, or "photo" for bytes.

    Raises
    ------
    PhotoError : not readable, empty, over `MAX_BYTES`, not an image of `FORMATS`, damaged or truncated, over
        `MAX_PIXELS` by its header (nothing is decoded then), or smaller than `MIN_SIDE` on a side.
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        data, name = bytes(source), name or "photo"
    elif isinstance(source, (str, os.PathLike)):
        name = name or Path(source).name
        data = _read_file(Path(source), name)
    else:
        raise PhotoError(f"expected a path or bytes, received {type(source).__name__}.")
    if not data:
        raise _error("empty", "expected {formats}, received an empty file (0 bytes). Copy or export it again.", name)
    if len(data) > MAX_BYTES:
        raise _too_many_bytes(name, len(data))
    rgb, original_size, fmt, notes = _decode(data, name)
    rgb.setflags(write=False)
    return Photo(rgb, name, hashlib.sha256(data).hexdigest(), original_size, fmt, tuple(notes))


def _read_file(path: Path, name: str) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_many_bytes(name, path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise _error(
            "unreadable", "cannot be read: {why}. Check the path.", name, why=error.strerror or error
        ) from error


def _too_many_bytes(name: str, received: int) -> PhotoError:
    template = "expected at most {most} MB, received {received} MB. Export it smaller or crop it."
    return _error("too-many-bytes", template, name, most=MAX_BYTES // 2**20, received=f"{received / 2**20:.1f}")


def _decode(data: bytes, name: str) -> tuple[np.ndarray, tuple[int, int], str, list[str]]:
    _register_heif()
    # Pillow warns about bombs and odd metadata; the limits here are our own and tighter, so its words add nothing.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_size(image.size, name)
                return _to_rgb(image)
        except PhotoError:
            raise
        except Image.DecompressionBombError as error:
            # Pillow refuses the largest by itself, also by the header; its message is "Image size (N pixels) ...".
            pixels = int(re.search(r"\d+", str(error)).group())
            raise _too_many_pixels(name, pixels) from error
        except UnidentifiedImageError as error:
            template = (
                "expected {formats}, received {received} bytes that are none of these. Open it in an image program "
                "and export it as JPEG."
            )
            raise _error("no-photo", template, name, received=f"{len(data):,}") from error
        except Exception as error:
            # Decoders raise OSError, SyntaxError, ValueError, struct.error, ... on damaged bytes: all mean the same.
            template = "expected {formats}, received a damaged or truncated one. Copy it from the camera again."
            raise _error("damaged", template, name) from error


def _register_heif() -> None:
    try:
        import pillow_heif
    except ImportError:  # without it everything but iPhone photos still works
        return
    pillow_heif.register_heif_opener()


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(name, width * height, size)
    if min(size) < MIN_SIDE:
        template = "expected at least {least} pixels a side, received {width} x {height}. Use a larger photo."
        raise _error("too-small", template, name, least=MIN_SIDE, width=width, height=height)


def _too_many_pixels(name: str, pixels: int, size: tuple[int, int] | None = None) -> PhotoError:
    megapixels = f"{pixels / 1e6:.0f}"
    template = "expected at most {most} megapixels, received {received} megapixels. Crop it or export it smaller."
    if size is None:
        return _error("far-too-many-pixels", template, name, most=MAX_PIXELS // 10**6, received=megapixels)
    template = template.replace("{received} megapixels", "{width} x {height} ({received} megapixels)")
    facts = {"most": MAX_PIXELS // 10**6, "received": megapixels, "width": size[0], "height": size[1]}
    return _error("too-many-pixels", template, name, **facts)


def _error(kind: str, template: str, name: str, **facts: object) -> PhotoError:
    return PhotoError(Message(f"photo-error.{kind}", "{name}: " + template, name=name, formats=EXPECTED, **facts))


def _to_rgb(image: Image.Image) -> tuple[np.ndarray, tuple[int, int], str, list[str]]:
    notes = []
    original_size, fmt = image.size, image.format
    if getattr(image, "n_frames", 1) > 1:
        notes.append(Message("photo-note.frames", "first of {count} frames", count=image.n_frames))
    # 16-bit pictures must be read before Pillow clips them to 8 bits.
    image.load()
    if image.getexif().get(0x0112, 1) not in (0, 1):
        image = ImageOps.exif_transpose(image)
        notes.append(Message("photo-note.turned", "turned upright by its EXIF orientation"))
    if image.mode.startswith("I") or image.mode == "F":
        image = _to_8_bit(image, notes)
    if image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info:
        image = _on_white(image)
        notes.append(Message("photo-note.transparent", "transparent parts put on white"))
    if image.mode != "RGB":
        mode = _MODE_NAMES.get(image.mode, image.mode)
        notes.append(Message("photo-note.converted", "converted from {mode} to RGB", mode=mode))
        image = image.convert("RGB")
    return np.array(image), original_size, fmt, notes


_MODE_NAMES = {"L": "grey", "1": "black and white", "P": "palette", "CMYK": "CMYK", "YCbCr": "YCbCr", "LAB": "Lab"}


def _to_8_bit(image: Image.Image, notes: list[str]) -> Image.Image:
    values = np.asarray(image).astype(np.float64)
    if image.mode.startswith("I;16") or (values.min() >= 0 and 255 < values.max() <= 65535):
        values = values / 257.0  # 65535 -> 255
        notes.append(Message("photo-note.16-bits", "reduced from 16 to 8 bits"))
    elif values.min() < 0 or values.max() > 255:
        low, high = values.min(), values.max()
        values = (values - low) * (255.0 / (high - low))
        notes.append(
            Message(
                "photo-note.stretched", "stretched from {low}...{high} to 0...255", low=f"{low:g}", high=f"{high:g}"
            )
        )
    return Image.fromarray(np.rint(values).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")
