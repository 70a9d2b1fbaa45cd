"""The photos named on the command line, read one after another; what is none is told with what to do."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from crackxai.errors import PhotoError
from crackxai.photo import Photo, read_photo
from crackxai.printable import printable

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")


@dataclass(frozen=True)
class Named:
    """A photo as it was named.

    Attributes
    ----------
    text : as written, or as found for a pattern.
    """

    text: str

    @property
    def path(self) -> Path:
        return Path(self.text)

    @property
    def full_path(self) -> str:
        """Absolute, so that photos of one name in different folders can be told apart."""
        return os.path.abspath(self.text)

    def read(self) -> Photo:
        """The photo, called by its last part.

        Raises
        ------
        PhotoError : it is no photo; the message has the whole path, or says what was meant instead.
        """
        if not os.path.isfile(self.text) and (hint := self._hint()):
            raise PhotoError(hint)
        # Messages of the reader begin with the name: the path as it was given, on one line.
        return replace(read_photo(self.path, printable(self.text)), name=self.path.name)

    def failure(self, error: Exception) -> dict[str, str]:
        """The row of the answer for a photo that could not be used."""
        return {"photo": self.text, "path": self.full_path, "error": printable(error)}

    def _hint(self) -> str:
        if not self.text:
            return "expected a file, received an empty name. Check the command."
        if ADDRESS.match(self.text):
            return (
                f"{self.text}: expected a file, received an address. Nothing is fetched from other computers; download "
                "it and name the file."
            )
        if self.text == "-":
            return "-: expected a file, received a dash. Standard input is not read; save the photo and name the file."
        if os.path.isdir(self.text):
            pattern = os.path.join(self.text, "*")
            return f"{self.text}: expected a photo, received a folder. Name the photos in it, such as '{pattern}'."
        if glob.has_magic(self.text):
            return f"{self.text}: expected photos, received a pattern that no file matches. Check the folder and it."
        return ""


def named(texts: Iterable[str]) -> Iterator[Named]:
    """What was named, in order. A pattern that no shell has replaced (quoted, or on Windows) stands for its files."""
    for text in texts:
        found = [] if os.path.lexists(text) or ADDRESS.match(text) else sorted(glob.glob(text))
        yield from map(Named, found or [text])
