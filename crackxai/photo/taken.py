"""When and where a photo was taken, as its EXIF block says."""

from __future__ import annotations

import datetime
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from PIL import ExifTags, Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from crackxai.photo import jpeg, png, tiff, webp

_ZONE = re.compile(r"[+-]\d\d:\d\d")


@dataclass(frozen=True)
class Taken:
    """What the camera wrote; None where it wrote nothing, or nothing that can be.

    Attributes
    ----------
    at : ISO 8601, of the camera's clock, with its zone where it tells one.
    latitude, longitude : degrees, WGS 84, north and east positive; both or neither.
    """

    at: str | None = None
    latitude: float | None = None
    longitude: float | None = None


def read_taken(data: bytes) -> Taken:
    """Of a photo file's bytes. Never fails: a photo that says nothing can be used as well.

    No pixel is decoded, whatever size the file claims. EXIF 2.32, 4.6.5 (DateTimeOriginal, OffsetTimeOriginal) and
    4.6.6 (GPS).
    """
    try:
        exif = _exif(data)
        return Taken(_time(exif.get_ifd(ExifTags.IFD.Exif)), *_position(exif.get_ifd(ExifTags.IFD.GPSInfo)))
    except Exception:  # what Pillow raises on a garbled block is of many kinds
        return Taken()


def _exif(data: bytes) -> Image.Exif:
    with _opened(data) as image:
        if isinstance(image, TiffImagePlugin.TiffImageFile):
            return image.getexif()
        # getexif would decode a PNG to its end, in search of a block after the pixels.
        exif = Image.Exif()
        exif.load(image.info.get("exif") or b"")
        return exif


def _opened(data: bytes) -> Image.Image:
    """Its header read. Pillow's own `Image.open` warns of sizes that are allowed here."""
    file = io.BytesIO(data)
    if jpeg.is_jpeg(data):
        return JpegImagePlugin.JpegImageFile(file)
    if png.is_png(data):
        return PngImagePlugin.PngImageFile(file)
    if tiff.is_tiff(data):
        return TiffImagePlugin.TiffImageFile(file)
    if webp.is_webp(data):
        return WebPImagePlugin.WebPImageFile(file)
    import pillow_heif

    opened: Any = pillow_heif.HeifImageFile
    return cast("Image.Image", opened(file))


def _time(facts: Mapping[int, Any]) -> str | None:
    try:
        at = datetime.datetime.strptime(str(facts[ExifTags.Base.DateTimeOriginal]).strip(" \0"), "%Y:%m:%d %H:%M:%S")
    except (KeyError, ValueError):
        return None
    zone = str(facts.get(ExifTags.Base.OffsetTimeOriginal, "")).strip(" \0")
    return at.isoformat() + (zone if _ZONE.fullmatch(zone) else "")


def _position(facts: Mapping[int, Any]) -> tuple[float | None, float | None]:
    latitude = _degrees(facts.get(ExifTags.GPS.GPSLatitude), facts.get(ExifTags.GPS.GPSLatitudeRef), "NS", 90)
    longitude = _degrees(facts.get(ExifTags.GPS.GPSLongitude), facts.get(ExifTags.GPS.GPSLongitudeRef), "EW", 180)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _degrees(parts: Any, side: Any, sides: str, most: int) -> float | None:
    side = str(side or "").strip(" \0").upper()
    if parts is None or len(parts) != 3 or side not in sides or not side:
        return None
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    if not (math.isfinite(value) and 0 <= value <= most):
        return None
    return -value if side == sides[1] else value
