"""Each format's way from bytes to a picture that can be decoded: which page, how large, which way up, what it says."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

from PIL import BmpImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from crackxai.errors import Message
from crackxai.photo import jpeg, png, tiff, webp
from crackxai.photo.decoding import Pixels, decode, decode_deep, ends_flat, opener, rows_that_differ
from crackxai.photo.found import Found, frames_note
from crackxai.photo.refusals import damaged, unsupported
from crackxai.photo.tiff_pages import find_page
from crackxai.photo.values import Stated

MAX_PIXELS = 100_000_000
"""Largest picture that is read as it is, by the size its header states; larger JPEG files are read at half or less."""
SPARE_ROWS = 17
"""Rows at the end of a JPEG file that may be lost with its end: one row of its largest blocks, and the row above it,
whose colours are mixed with theirs."""
_FILLER = bytes(i * 97 % 251 for i in range(4096))
"""Other coded pixels than zeros, without a marker in them."""


def find(data: bytes) -> Found | None:
    """The picture to look at in a file, told from its bytes alone; None where it is of none of the formats.

    Raises
    ------
    Refusal : it is of a format, but cannot be read.
    """
    if jpeg.is_jpeg(data):
        return _jpeg(data)
    if png.is_png(data):
        return _png(data)
    if tiff.is_tiff(data):
        return find_page(data)
    if webp.is_webp(data):
        return _webp(data)
    if data[:2] == b"BM":
        return _plain("BMP", BmpImagePlugin.BmpImageFile, data)
    return _heif(data) if data[4:8] == b"ftyp" else None


def is_photo(head: bytes) -> bool:
    """Whether a file's first 32 bytes begin a photo of a format that is read."""
    known = jpeg.is_jpeg(head) or png.is_png(head) or tiff.is_tiff(head) or webp.is_webp(head)
    bitmap = head[:2] == b"BM" and head[6:10] == bytes(4)
    return known or bitmap or (head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS)


_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1", b"heif")


def _jpeg(data: bytes) -> Found:
    parsed = jpeg.parse(data)
    if parsed.bits != 8:
        template = "a JPEG file with {bits} bits a colour"
        raise unsupported(Message("photo-kind.jpeg-bits", template, bits=parsed.bits))
    width, height = parsed.size
    if not width * height:
        raise damaged()
    reduced = next((part for part in (1, 2, 4, 8) if width * height <= MAX_PIXELS * part**2), 8)

    def opened(tail: bytes) -> Callable[[], Image.Image]:
        def open_() -> Image.Image:
            image = JpegImagePlugin.JpegImageFile(io.BytesIO(parsed.coded + tail))
            if reduced > 1:
                image.draft(image.mode, (width // reduced, height // reduced))
            return image

        return open_

    def read() -> tuple[Pixels, list[Message]]:
        if not parsed.complete:
            raise damaged()
        rgb, notes = decode(opened(jpeg.END), parsed.orientation)
        if not parsed.ended or ends_flat(rgb, parsed.orientation):
            # A decoder fills what is missing with zeros. Where it gives the same for other bits, nothing is missing.
            lost = reduced * rows_that_differ(opened(_FILLER + jpeg.END), rgb, parsed.orientation)
            if lost > SPARE_ROWS * reduced:
                raise damaged()
            if lost or not parsed.ended:
                notes.insert(0, _ended_early(lost, height))
        return rgb, notes

    notes = []
    if reduced > 1:
        small = math.ceil(width / reduced), math.ceil(height / reduced)
        notes.append(_read_smaller(small, parsed.size))
    passes = round(2 * width * height * parsed.samples) if parsed.progressive else 0
    needed = passes + 7 * math.ceil(width / reduced) * math.ceil(height / reduced)
    return Found("JPEG", parsed.size, needed, read, parsed.orientation, reduced, notes)


def _ended_early(lost: int, height: int) -> Message:
    if not lost:
        return Message("photo-note.no-end", "the file ends early, behind its last pixel")
    template = "the file ends early: the last {lost} of {height} rows are made up"
    return Message("photo-note.rows-lost", template, lost=lost, height=height)


def _read_smaller(small: tuple[int, int], size: tuple[int, int]) -> Message:
    width, height = small
    template = "read at {width} x {height} of {full_width} x {full_height} pixels"
    return Message(
        "photo-note.read-smaller", template, width=width, height=height, full_width=size[0], full_height=size[1]
    )


def _png(data: bytes) -> Found:
    parsed = png.parse(data)
    if parsed is None:
        raise damaged()
    pixels = parsed.size[0] * parsed.size[1]
    notes = frames_note(parsed.frames)
    if parsed.bits == 16:
        channels = 4 if parsed.alpha else parsed.channels

        def read() -> tuple[Pixels, list[Message]]:
            if not parsed.whole:
                raise damaged()
            return decode_deep([parsed.coded], parsed.size, Stated(), parsed.alpha, orientation=parsed.orientation)

        needed = pixels * (2 * channels + 3)
        return Found("PNG", parsed.size, needed, read, parsed.orientation, notes=notes)
    open_ = opener(PngImagePlugin.PngImageFile, parsed.coded)
    needed = pixels * (4 if parsed.channels > 1 else 1) + pixels * 3
    return Found("PNG", parsed.size, needed, lambda: decode(open_, parsed.orientation), parsed.orientation, notes=notes)


def _webp(data: bytes) -> Found:
    parsed = webp.parse(data)
    if parsed.size == (0, 0):
        raise damaged()
    open_ = opener(WebPImagePlugin.WebPImageFile, data)
    turn, notes = parsed.orientation, frames_note(parsed.frames)
    # Pillow's reader holds its canvas, a frame and the picture.
    needed = 15 * parsed.size[0] * parsed.size[1]
    return Found("WEBP", parsed.size, needed, lambda: decode(open_, turn), turn, notes=notes)


def _plain(name: str, plugin: Callable[[io.BytesIO], Image.Image], data: bytes, turn: int = 1, each: int = 7) -> Found:
    """A format whose header Pillow reads; ``each`` is what it takes in bytes a pixel, with the result."""
    open_ = opener(plugin, data)
    with open_() as image:
        size, frames = image.size, int(getattr(image, "n_frames", 1))
    needed = each * size[0] * size[1]
    return Found(name, size, needed, lambda: decode(open_), notes=frames_note(frames))


def _heif(data: bytes) -> Found | None:
    try:
        from pillow_heif import HeifImageFile, open_heif
    except ImportError:  # without it everything but iPhone photos still works
        return None
    if data[8:12] not in _HEIF_BRANDS:
        return None
    found = _plain("HEIF", HeifImageFile, data, each=10)
    # libheif turns by itself; what it did is known of its own picture only.
    inside: Any = open_heif(io.BytesIO(data))[0]
    turns = {kind: angle for kind, angle, *_ in getattr(inside._c_image, "transformations", ())}
    # Of the eight orientations only these need to be told apart here: on its side, otherwise turned, upright.
    turn = 6 if turns.get("irot", 0) % 180 else 3 if turns.get("irot") or "imir" in turns else 1
    size = found.size[::-1] if turn == 6 else found.size
    return Found("HEIF", size, found.needed, found.decode, turn, notes=found.notes)
