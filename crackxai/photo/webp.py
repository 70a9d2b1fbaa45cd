"""The header of a WebP file. Pillow's reader takes a canvas of the stated size as soon as it is opened.

Specification: RFC 9649.
"""

from __future__ import annotations

from dataclasses import dataclass

from crackxai.photo.tiff import orientation


@dataclass(frozen=True)
class Webp:
    """What a WebP file tells of its picture: size as (width, height), orientation 1-8, and how many frames."""

    size: tuple[int, int]
    orientation: int
    frames: int


def is_webp(data: bytes) -> bool:
    """Whether it begins as a WebP file does."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def parse(data: bytes) -> Webp:
    """Size (0, 0) where none can be read."""
    size, turn, frames, at = (0, 0), 1, 0, 12
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if size == (0, 0):
            size = _size(kind, data[at + 8 : at + 18])
        if kind == b"EXIF":
            turn = orientation(data[at + 8 : at + 8 + length])
        frames += kind == b"ANMF"
        at += 8 + length + length % 2
    return Webp(size, turn, max(1, frames))


def _size(kind: bytes, head: bytes) -> tuple[int, int]:
    if len(head) < 10:
        return 0, 0
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF
    return 0, 0
