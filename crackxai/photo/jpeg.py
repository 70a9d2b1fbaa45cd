"""The segments of a JPEG file: what its pixels need, and what is told of them.

Specification: ITU-T T.81, annex B.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crackxai.photo.tiff import orientation

END = b"\xff\xd9"
SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker that ends coded pixels: neither a stuffed byte, a restart nor padding before it. One 0xFF begins it, not any
number of them, so that the search leaps from one to the next, fifty times as fast."""
_FRAMES = frozenset((*range(0xC0, 0xD0),)) - {0xC4, 0xC8, 0xCC}
_NO_LENGTH = frozenset((0x01, *range(0xD0, 0xD9)))
_FOR_PIXELS = frozenset((0xE0, 0xEE))
"""Of the application's segments: JFIF, and Adobe's with the colour transform."""


@dataclass(frozen=True)
class Jpeg:
    """A JPEG file without its metadata.

    Attributes
    ----------
    coded : the file from its start to its last coded pixel, without metadata and end marker; append `END`.
    size : (width, height); (0, 0) where the file tells none.
    bits : of a sample. progressive : coded in several passes, all of which a decoder keeps.
    samples : values a pixel, as coded: 1.5 for colour at half resolution.
    orientation : 1-8, of its EXIF block.
    ended : whether the end marker is there.
    complete : whether no pass is missing that a progressive picture needs.
    """

    coded: bytes
    size: tuple[int, int]
    bits: int
    progressive: bool
    samples: float
    orientation: int
    ended: bool
    complete: bool


def is_jpeg(data: bytes) -> bool:
    """Whether it begins as a JPEG file does; MPO and JFIF files do too."""
    return data[:3] == b"\xff\xd8\xff"


def parse(data: bytes) -> Jpeg:
    """The first picture of a file; what follows its end marker (a second picture, a film) is left out."""
    kept: list[bytes] = [data[:2]]
    size, bits, progressive, samples, turn = (0, 0), 8, False, 3.0, 0
    at, ended, scanned = 2, False, False
    components, finished = 0, set[tuple[int, int]]()
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xD9:
            ended = True
            break
        after = at + 2 if marker in _NO_LENGTH else at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at:after]
        if marker == 0xE1 and not turn and segment[4:10] == b"Exif\0\0":
            turn = orientation(segment[4:])
        if marker in _FRAMES and len(segment) >= 10 and not size[0]:
            bits, size = segment[4], (int.from_bytes(segment[7:9], "big"), int.from_bytes(segment[5:7], "big"))
            progressive, samples, components = marker in (0xC2, 0xC6, 0xCA, 0xCE), _samples(segment), segment[9]
        if marker == 0xDA:
            scanned = True
            finished |= _finished(segment)
            found = SCAN_END.search(data, after)
            after = found.start() if found else len(data)
            segment = data[at:after]
        # Behind the first scan everything is kept: there is no metadata, and damage is for the decoder to find.
        if scanned or not (0xE0 <= marker <= 0xFE) or marker in _FOR_PIXELS:
            kept.append(segment)
        at = after
    else:
        ended = data[at : at + 2] == END
        if not ended:
            kept.append(data[at:])
    coded = b"".join(kept)
    complete = not progressive or len(finished) >= 64 * components
    return Jpeg(coded if ended else coded.rstrip(b"\xff"), size, bits, progressive, samples, turn or 1, ended, complete)


def _finished(scan: bytes) -> set[tuple[int, int]]:
    """(component, coefficient) pairs that a pass brings to their last bit, by its header (T.81, B.2.3)."""
    if len(scan) < 6 or len(scan) < 8 + 2 * scan[4]:
        return set()
    first, last, bits = scan[5 + 2 * scan[4] : 8 + 2 * scan[4]]
    if bits & 15:
        return set()
    return {(component, n) for component in scan[5 : 5 + 2 * scan[4] : 2] for n in range(first, min(last, 63) + 1)}


def _samples(frame: bytes) -> float:
    factors = [(byte >> 4, byte & 15) for byte in frame[11::3][: frame[9]]]
    most = max((across * down for across, down in factors), default=0)
    return sum(across * down for across, down in factors) / most if most else 3.0
