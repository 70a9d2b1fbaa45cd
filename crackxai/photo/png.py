"""The chunks of a PNG file: what its pixels need, and what is told of them.

Specification: PNG, third edition, W3C, 2025, section 5.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from crackxai.photo.tiff import orientation

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FOR_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT")
_END = b"\0\0\0\0IEND\xae\x42\x60\x82"


@dataclass(frozen=True)
class Png:
    """A PNG file without its metadata.

    Attributes
    ----------
    coded : the file with the chunks that its pixels need.
    size : (width, height). bits : of a sample. channels : with alpha.
    alpha : whether the last channel is one.
    frames : pictures in an animation, of which ``coded`` has the first; 1 for most.
    orientation : 1-8, of its EXIF block.
    whole : whether no chunk of pixels is damaged.
    """

    coded: bytes
    size: tuple[int, int]
    bits: int
    channels: int
    alpha: bool
    frames: int
    orientation: int
    whole: bool


def is_png(data: bytes) -> bool:
    """Whether it begins as a PNG file does."""
    return data[:8] == SIGNATURE


def parse(data: bytes) -> Png | None:
    """None where not even its header can be read. A missing end is no damage: pixels are what counts."""
    if len(data) < 33 or data[12:16] != b"IHDR":
        return None
    width, height, bits, colour = struct.unpack(">IIBB", data[16:26])
    kept, frames, turn, whole, at = [SIGNATURE], 1, 1, True, 8
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = memoryview(data)[at + 8 : at + 8 + length]
        if kind == b"IEND":
            break
        if kind in _FOR_PIXELS:
            checksum = int.from_bytes(data[at + 8 + length : at + 12 + length], "big")
            whole = whole and zlib.crc32(body, zlib.crc32(kind)) == checksum
            kept.append(data[at : at + 12 + length])
        elif kind == b"acTL" and length == 8:
            frames = int.from_bytes(body[:4], "big")
        elif kind == b"eXIf":
            turn = orientation(bytes(body))
        at += 12 + length
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour, 0)
    coded = b"".join((*kept, _END))
    return Png(coded, (width, height), bits, channels, colour in (4, 6), frames, turn, whole)
