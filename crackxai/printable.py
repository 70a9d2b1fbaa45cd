"""Names of files as they may be written anywhere: on a terminal, in a figure, in a log."""

from __future__ import annotations

import unicodedata

JOINERS = "\u200c\u200d"
"""Invisible, but parts of words and emoji."""


def printable(text: object) -> str:
    r"""``text`` on one line: what would steer a terminal or break the line is written as an escape.

    >>> printable("wall\n\x1b[2J.png")
    'wall\\n\\x1b[2J.png'
    """
    return "".join(map(_printable, str(text)))


def _printable(character: str) -> str:
    code, category = ord(character), unicodedata.category(character)
    if category == "Cs":  # a byte of a file name that is no text: 0xDC80 stands for 0x80
        return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"
    if category in ("Cc", "Zl", "Zp") or (category == "Cf" and character not in JOINERS):
        return character.encode("unicode_escape").decode("ascii")
    return character
