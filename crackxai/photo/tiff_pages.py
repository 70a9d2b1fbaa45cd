"""Which page of a TIFF file is looked at, and how its samples are read."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import TiffImagePlugin

from crackxai.errors import Message
from crackxai.photo import tiff
from crackxai.photo.decoding import decode, decode_deep, opener
from crackxai.photo.found import Found, frames_note
from crackxai.photo.refusals import damaged, unsupported
from crackxai.photo.values import Stated

_CAMERA_RAW = (32803, 34892)
"""Photometric interpretation of a colour filter array and of linear raw data (DNG 1.7)."""
_DEEP_COMPRESSIONS = (1, 5, 8, 32773, 32946)
"""None, LZW, deflate (two numbers of it) and PackBits: what OpenCV's libtiff has for more than 8 bits."""


def find_page(data: bytes) -> Found:
    """The largest page of a TIFF file.

    Raises
    ------
    Refusal : it is damaged, or of a kind that is not read.
    """
    pages = [page for page in tiff.directories(data) if page.pixels]
    # Of a file that was cut off only a thumbnail may be left, which is not to be judged for the photo.
    if not pages or any(page.after >= len(data) for page in pages):
        raise damaged()
    page = max(pages, key=lambda one: one.pixels)
    if page.cut_off:
        raise damaged()
    number = pages.index(page)
    # Those that the file itself calls smaller copies are no pages of their own.
    count = sum(1 for one in pages if not one.whole(tiff.SUBFILE) & 1 or one is page)
    notes = frames_note(count)
    if number:
        template = "page {number} of {count}, the largest"
        notes = [Message("photo-note.page", template, number=number + 1, count=len(pages))]
    if page.whole(tiff.PHOTOMETRIC) in _CAMERA_RAW:
        raise unsupported(Message("photo-kind.raw", "a camera's raw file"))
    turn = page.whole(tiff.ORIENTATION, 1)
    turn = turn if 1 <= turn <= 8 else 1
    bits, kind = page.whole(tiff.BITS, 1), page.whole(tiff.SAMPLE_FORMAT, 1)
    if (bits > 8 or kind != 1) and page.whole(tiff.PHOTOMETRIC) in (0, 1, 2):
        return _deep_tiff(page, bits, kind, turn, notes)
    channels = page.whole(tiff.SAMPLES, 1)
    if channels > 4:
        template = "a TIFF file with {channels} channels of {bits} bits"
        raise unsupported(Message("photo-kind.tiff-channels", template, channels=channels, bits=bits))
    open_ = opener(TiffImagePlugin.TiffImageFile, page.alone())
    grey = page.whole(tiff.SAMPLES, 1) == 1
    needed = page.decoded_pixels * (1 if grey else 4) + page.pixels * 3
    return Found("TIFF", page.size, needed, lambda: decode(open_, turn), turn, notes=notes)


def _deep_tiff(page: tiff.Directory, bits: int, kind: int, turn: int, notes: list[Message]) -> Found:
    channels = page.whole(tiff.SAMPLES, 1)
    extra = page.wholes(tiff.EXTRA_SAMPLES)
    planar = page.whole(tiff.PLANAR, 1) == 2 and channels > 1
    half = kind == 3 and bits == 16
    colours = 3 if page.whole(tiff.PHOTOMETRIC) == 2 else 1
    if not colours <= channels <= (16 if planar else 4) or (channels == 2 and not planar) or kind not in (1, 2, 3):
        template = "a TIFF file with {channels} channels of {bits} bits"
        raise unsupported(Message("photo-kind.tiff-channels", template, channels=channels, bits=bits))
    if page.whole(tiff.COMPRESSION, 1) not in _DEEP_COMPRESSIONS:
        template = "a TIFF file of {bits} bits in compression {number}"
        number = page.whole(tiff.COMPRESSION)
        raise unsupported(Message("photo-kind.tiff-compression", template, bits=bits, number=number))
    if half and page.whole(tiff.PREDICTOR, 1) == 3:
        template = "a TIFF file of half-precision fractions with a predictor"
        raise unsupported(Message("photo-kind.tiff-half", template))
    alpha = channels == colours + 1 and bool(extra) and extra[0] in (1, 2)
    planes = _planes(page, channels, half) if planar else [page.alone({tiff.SAMPLE_FORMAT: [1]} if half else None)]
    planes = planes[: colours + alpha]
    kept = len(planes) if planar else channels
    needed = page.decoded_pixels * kept * math.ceil(bits / 8) * (2 if planar else 1) + 3 * page.pixels
    stated = _stated(page, bits)
    return Found(
        "TIFF",
        page.size,
        needed,
        lambda: decode_deep(planes, page.size, stated, alpha, half, turn),
        turn,
        notes=notes,
    )


def _planes(page: tiff.Directory, channels: int, half: bool) -> list[bytes]:
    """Each channel as a grey picture of its own: OpenCV takes them for one behind the other."""
    place, length = tiff.STRIP_OFFSETS, tiff.STRIP_BYTES
    if not page.wholes(place):
        place, length = tiff.TILE_OFFSETS, tiff.TILE_BYTES
    offsets, lengths = page.wholes(place), page.wholes(length)
    each = len(offsets) // channels
    if not each or len(lengths) != len(offsets):
        raise damaged()
    common: dict[int, Sequence[int]] = {
        tiff.SAMPLES: [1],
        tiff.PHOTOMETRIC: [1],
        tiff.PLANAR: [1],
        tiff.BITS: [page.whole(tiff.BITS)],
    }
    common[tiff.SAMPLE_FORMAT] = [1 if half else page.whole(tiff.SAMPLE_FORMAT, 1)]
    common[tiff.EXTRA_SAMPLES] = []
    parts = (slice(first, first + each) for first in range(0, each * channels, each))
    return [page.alone(common | {place: offsets[part], length: lengths[part]}) for part in parts]


def _stated(page: tiff.Directory, bits: int) -> Stated:
    def of(*tags: int) -> float | None:
        return next((float(page.number(tag)) for tag in tags if page.get(tag)), None)

    packed = bits in (10, 12, 14)
    text = page.get(tiff.GDAL_NODATA)
    try:
        nodata = float(text.rstrip(b"\0 ")) if isinstance(text, bytes) and text else None
    except ValueError:
        nodata = None
    return Stated(
        # OpenCV moves packed samples up to 16 bits.
        bits=bits if packed else 0,
        white=float((2**bits - 1) << (16 - bits)) if packed else 0.0,
        lowest=of(tiff.LOWEST_FLOAT, tiff.LOWEST),
        highest=of(tiff.HIGHEST_FLOAT, tiff.HIGHEST),
        nodata=nodata,
        inverted=page.whole(tiff.PHOTOMETRIC) == 0,
    )
