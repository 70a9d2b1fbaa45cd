"""The one typeface of the PDF: Noto Sans TC, which writes Latin, Greek, Cyrillic, kana and all of Big5.

The file is shipped once, under the SIL Open Font License 1.1 (``fonts/OFL.txt``), as Google Fonts has it (version
2.004-H2); a PDF has of it the letters that it uses only. With TrueType outlines: in a PDF their codes are the plain
ones that every program reads text by; those of an OpenType face with PostScript outlines are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from crackxai.printable import JOINERS, printable

FILE = Path(__file__).parent / "fonts" / "NotoSansTC-Regular.ttf"
NAME = "NotoSansTC"
BOX = "□"
"""Stands for a character that the typeface does not have."""
_INVISIBLE = dict.fromkeys(map(ord, JOINERS + "\u2060\ufe0e\ufe0f"))
_NEVER_FIRST = frozenset("、。，．：；！？）」』】〕》〉…—％%,.:;!?)]}’”·")
_NEVER_LAST = frozenset("（「『【〔《〈([{‘“")


@cache
def advances() -> Mapping[str, float]:
    """Character -> its width, in parts of the size of the type."""
    with TTFont(FILE, lazy=True) as font:
        widths, unit = font["hmtx"].metrics, font["head"].unitsPerEm
        return {chr(code): widths[name][0] / unit for code, name in font.getBestCmap().items()}


def writable(text: str) -> str:
    """The text on one line, with `BOX` for what cannot be written."""
    known = advances()
    line = printable(" ".join(text.split())).translate(_INVISIBLE)
    return "".join(each if each in known else BOX for each in line)


def width(text: str, size: float) -> float:
    """Of a text that can be written, in the unit of ``size``."""
    known = advances()
    return size * sum(known[each] for each in text)


def lines(text: str, size: float, most: float) -> list[str]:
    """A text broken into lines of at most ``most``, in the unit of ``size``; at least one.

    Broken at spaces, and between Chinese characters but before closing and after opening punctuation; a word that is
    longer than a line is cut.
    """
    found: list[str] = []
    for paragraph in text.split("\n"):
        found += _broken(_pieces(writable(paragraph)), size, most)
    return found or [""]


def _pieces(text: str) -> list[str]:
    """What is not broken, each with the space behind it."""
    found: list[str] = []
    start = 0
    for i in range(1, len(text)):
        before, after = text[i - 1], text[i]
        if after == " ":
            continue
        ideograph = _is_wide(before) or _is_wide(after)
        if before == " " or (ideograph and after not in _NEVER_FIRST and before not in _NEVER_LAST):
            found.append(text[start:i])
            start = i
    return [*found, text[start:]] if text else [""]


def _is_wide(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff" or character >= "\U00020000"


def _broken(pieces: list[str], size: float, most: float) -> list[str]:
    found, line, so_far = [], "", 0.0
    for piece in pieces:
        wide = width(piece.rstrip(), size)
        if line and so_far + wide > most:
            found.append(line.rstrip())
            line, so_far = "", 0.0
        while width(piece.rstrip(), size) > most and len(piece) > 1:
            cut = next(i for i in range(len(piece), 0, -1) if i == 1 or width(piece[:i], size) <= most)
            found.append(piece[:cut])
            piece = piece[cut:]
        line += piece
        so_far += width(piece, size)
    return [*found, line.rstrip()]
