"""TIFF files written by hand, since Pillow writes none of fractions in colour, of 12 bits, or with odd fields."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

_LAYOUT = {"B": 1, "s": 2, "H": 3, "I": 4, "f": 11, "d": 12, "R": 5}
_KIND = {"u": 1, "i": 2, "f": 3}


def page(values: np.ndarray, **fields: Any) -> dict[int, tuple[str, Any]]:
    """The fields of (H, W) or (H, W, C) values, and ``t123=("H", (1, 2))`` for others; None leaves one out."""
    channels = 1 if values.ndim == 2 else values.shape[2]
    found = {
        256: ("I", (values.shape[1],)),
        257: ("I", (values.shape[0],)),
        258: ("H", (values.dtype.itemsize * 8,) * channels),
        259: ("H", (1,)),
        262: ("H", (2 if channels >= 3 else 1,)),
        277: ("H", (channels,)),
        278: ("I", (values.shape[0],)),
        339: ("H", (_KIND[values.dtype.kind],) * channels),
    }
    if channels == 4:
        found[338] = ("H", (2,))
    found |= {int(name[1:]): value for name, value in fields.items()}
    return {tag: value for tag, value in found.items() if value is not None}


def tiff(*pages: tuple[np.ndarray | bytes, dict[int, tuple[str, Any]]], order: str = "<") -> bytes:
    """A file of (pixels, fields): pixels are written as one strip; bytes are taken as they are."""
    out = bytearray(b"II*\0" if order == "<" else b"MM\0*") + bytes(4)
    link = 4
    for pixels, given in pages:
        strip = pixels if isinstance(pixels, bytes) else pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
        fields = {273: ("I", (len(out),)), 279: ("I", (len(strip),))} | given
        out += strip + bytes(len(strip) % 2)
        rows = []
        for tag, (kind, content) in sorted(fields.items()):
            if kind == "s":
                raw, count = bytes(content), len(content)
            elif kind == "R":
                raw, count = struct.pack(f"{order}{len(content)}I", *content), len(content) // 2
            else:
                raw, count = struct.pack(f"{order}{len(content)}{kind}", *content), len(content)
            if len(raw) > 4:
                place = struct.pack(order + "I", len(out))
                out += raw + bytes(len(raw) % 2)
            else:
                place = raw.ljust(4, b"\0")
            rows.append(struct.pack(f"{order}HHI", tag, _LAYOUT[kind], count) + place)
        out[link : link + 4] = struct.pack(order + "I", len(out))
        out += struct.pack(order + "H", len(rows)) + b"".join(rows)
        link = len(out)
        out += bytes(4)
    return bytes(out)


def one(values: np.ndarray, order: str = "<", **fields: Any) -> bytes:
    """A file of one picture."""
    return tiff((values, page(values, **fields)), order=order)
