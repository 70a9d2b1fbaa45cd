"""The directories of a TIFF file: its pages, what their samples mean, and a file of one page alone.

EXIF has the same structure, so the orientation of every format is read here too. Nothing in here fails on odd
metadata: a field that cannot be read is not there. Specification: TIFF 6.0, Adobe, 1992; BigTIFF as in libtiff.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Value = tuple[int, ...] | tuple[float, ...] | bytes

SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
STRIP_OFFSETS, ORIENTATION, SAMPLES, STRIP_ROWS, STRIP_BYTES = 273, 274, 277, 278, 279
LOWEST, HIGHEST, PLANAR, PREDICTOR = 280, 281, 284, 317
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_BYTES, SUB_DIRECTORIES = 322, 323, 324, 325, 330
EXTRA_SAMPLES, SAMPLE_FORMAT, LOWEST_FLOAT, HIGHEST_FLOAT = 338, 339, 340, 341
GDAL_NODATA = 42113
_FOR_PIXELS = frozenset(
    (256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325, 332, 333, 334,
     336, 337, 338, 339, 347, *range(512, 522), 529, 530, 531, 532)
)  # fmt: skip
"""All that a decoder needs; what is not among them cannot make it fail, warn or turn the picture."""
_TYPES = {1: "B", 2: "s", 3: "H", 4: "I", 6: "b", 7: "s", 8: "h", 9: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 18: "Q"}
"""Of the fields that are asked for; rationals are not."""
MAX_PAGES = 1000


@dataclass(frozen=True)
class Directory:
    """One page: its fields, read when asked for; and where the next one begins, 0 after the last."""

    data: bytes
    order: str
    big: bool
    entries: Mapping[int, bytes]
    """Tag -> its entry as it stands in the file: 12 bytes, 20 in BigTIFF."""
    after: int

    def get(self, tag: int) -> Value:
        """Numbers, or bytes of text; empty where there is none or it cannot be read."""
        entry = self.entries.get(tag)
        if entry is None:
            return ()
        _, kind, count = struct.unpack_from(self.order + ("HHQ" if self.big else "HHI"), entry)
        if kind not in _TYPES:
            return ()
        layout = f"{self.order}{count}{_TYPES[kind]}"
        inline = entry[12:] if self.big else entry[8:]
        try:
            if struct.calcsize(layout) <= len(inline):
                found = struct.unpack_from(layout, inline)
            else:
                found = struct.unpack_from(layout, self.data, _number(inline, self.order))
        except (struct.error, OverflowError):
            return ()
        return found[0] if _TYPES[kind] == "s" else found

    def number(self, tag: int, default: float = 0) -> float:
        """The first number of a field."""
        found = self.get(tag)
        return found[0] if found and not isinstance(found, bytes) else default

    def whole(self, tag: int, default: int = 0) -> int:
        """The first number of a field, if it is a whole one."""
        found = self.number(tag, default)
        return int(found) if math.isfinite(found) and found == int(found) else default

    def wholes(self, tag: int) -> tuple[int, ...]:
        """All numbers of a field of whole ones; none of another."""
        found = self.get(tag)
        return tuple(n for n in found if isinstance(n, int)) if not isinstance(found, bytes) else ()

    @property
    def size(self) -> tuple[int, int]:
        """(width, height), pixels."""
        return self.whole(WIDTH), self.whole(HEIGHT)

    @property
    def pixels(self) -> int:
        """Of the picture."""
        return max(0, self.whole(WIDTH)) * max(0, self.whole(HEIGHT))

    @property
    def decoded_pixels(self) -> int:
        """That a decoder makes room for: a tile may be larger than its picture."""
        return max(self.pixels, max(0, self.whole(TILE_WIDTH)) * max(0, self.whole(TILE_HEIGHT)))

    @property
    def cut_off(self) -> bool:
        """Whether the file ends before the last of its coded pixels."""
        places, lengths = self.wholes(STRIP_OFFSETS), self.wholes(STRIP_BYTES)
        width, height = self.size
        rows = min(self.whole(STRIP_ROWS, height), height)
        if not places:
            places, lengths = self.wholes(TILE_OFFSETS), self.wholes(TILE_BYTES)
            width, rows = self.whole(TILE_WIDTH), self.whole(TILE_HEIGHT)
            height = rows * len(places)
        if rows < 1 or len(lengths) != len(places):
            return False
        samples = 1 if self.whole(PLANAR, 1) == 2 else self.whole(SAMPLES, 1)
        row = math.ceil(width * samples * self.whole(BITS, 1) / 8)
        for number, (place, length) in enumerate(zip(places, lengths, strict=True)):
            if self.whole(COMPRESSION, 1) == 1:  # some writers state more than they wrote
                top = number % math.ceil(height / rows) * rows
                length = min(length, min(rows, height - top) * row)
            if place + length > len(self.data):
                return True
        return False

    def alone(self, changes: Mapping[int, Sequence[int]] | None = None) -> bytes:
        """The file with this page only, of its fields only those that the pixels need.

        Parameters
        ----------
        changes : numbers of fields that are to be others; of those without any, the field is left out.
        """
        changed = changes or {}
        tail = bytearray(len(self.data) % 2)  # directories begin at even places
        word, kind, room = ("Q", 16, 8) if self.big else ("I", 4, 4)
        rows = []
        for tag in sorted((_FOR_PIXELS & self.entries.keys()) | changed.keys()):
            if tag not in changed:
                rows.append(self.entries[tag])
            elif changed[tag]:
                values = struct.pack(f"{self.order}{len(changed[tag])}{word}", *changed[tag])
                if len(values) > room:
                    place = struct.pack(self.order + word, len(self.data) + len(tail))
                    tail += values
                else:
                    place = values.ljust(room, b"\0")
                rows.append(struct.pack(f"{self.order}HH{word}", tag, kind, len(changed[tag])) + place)
        start = struct.pack(self.order + word, len(self.data) + len(tail))
        tail += struct.pack(self.order + ("Q" if self.big else "H"), len(rows)) + b"".join(rows) + bytes(8)
        head = self.data[: 8 if self.big else 4] + start
        return b"".join((head, memoryview(self.data)[len(head) :], tail))


def is_tiff(data: bytes) -> bool:
    """Whether it begins as a TIFF file does."""
    return data[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def directories(data: bytes) -> list[Directory]:
    """All pages, in their order; those within a page (SubIFDs) behind it. Empty where there is none to read."""
    if not is_tiff(data):
        return []
    order, big = "<" if data[:2] == b"II" else ">", data[2:4] in (b"+\0", b"\0+")
    found: list[Directory] = []
    seen: set[int] = set()
    waiting = [_number(data[8:16] if big else data[4:8], order)]
    while waiting and len(found) < MAX_PAGES:
        place = waiting.pop(0)
        if place in seen or not 8 <= place < len(data):
            continue
        seen.add(place)
        directory = _directory(data, place, order, big)
        if directory is None:
            continue
        found.append(directory)
        waiting[:0] = directory.wholes(SUB_DIRECTORIES)[:MAX_PAGES]
        waiting.append(directory.after)
    return found


def orientation(exif: bytes) -> int:
    """Of an EXIF block, 1-8 as in EXIF 2.32, 4.6.5; 1 where it tells none."""
    pages = directories(exif.removeprefix(b"Exif\0\0"))
    found = pages[0].whole(ORIENTATION, 1) if pages else 1
    return found if 1 <= found <= 8 else 1


def _directory(data: bytes, place: int, order: str, big: bool) -> Directory | None:
    """The page at ``place``."""
    width, head = (20, 8) if big else (12, 2)
    count = _number(data[place : place + head], order)
    end = place + head + width * count
    if not 0 < count <= 4096 or end > len(data):
        return None
    rows = (data[at : at + width] for at in range(place + head, end, width))
    entries = {struct.unpack_from(order + "H", row)[0]: row for row in rows}
    return Directory(data, order, big, entries, _number(data[end : end + (8 if big else 4)], order))


def _number(raw: bytes, order: str) -> int:
    return int.from_bytes(raw, "little" if order == "<" else "big")
