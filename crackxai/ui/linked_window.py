"""A window of a photo as it stands in an address: which file, and where in it. Knows no Streamlit."""

from __future__ import annotations

import re
from typing import NamedTuple

from crackxai import Box, SettingsError

DIGITS = 16
"""Of the file's SHA-256, from its beginning: enough to tell files apart, short enough to be read."""
_WRITTEN = re.compile(rf"([0-9a-f]{{{DIGITS}}})" + r"\.([0-9]{1,6})" * 4)


class LinkedWindow(NamedTuple):
    """Of the photo whose file's SHA-256 begins like that, the box: the file's upright pixels.

    >>> LinkedWindow.read("0123456789abcdef.100.325.200.425").box
    Box(top=100, bottom=325, left=200, right=425)
    """

    sha256: str
    box: Box

    @classmethod
    def of(cls, sha256: str, box: Box) -> LinkedWindow:
        """A window of the file with that SHA-256, hex."""
        return cls(sha256[:DIGITS], box)

    @classmethod
    def read(cls, written: str) -> LinkedWindow | None:
        """From an address; None for what is no window."""
        found = _WRITTEN.fullmatch(written)
        if found is None:
            return None
        sha256, *sides = found.groups()
        try:
            return cls(sha256, Box(*map(int, sides)))
        except SettingsError:  # empty
            return None

    def __str__(self) -> str:
        """As `read` takes it: the digits, then top, bottom, left and right."""
        return ".".join([self.sha256, *(str(side) for side in self.box.as_dict().values())])
