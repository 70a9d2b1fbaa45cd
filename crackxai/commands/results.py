"""What the files of a result are called: after the photo and their kind, and never as another file."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from crackxai.commands.photos import Named

ENDINGS = {"figure": ".explanation.png", "values": ".explanation.npz", "record": ".explanation.json"}
CURVES = {"curves": ".explanation.curves.png"}
"""Of a map that is tested."""
NEW_FOLDER = "explanations"
LONGEST = 230
"""Bytes of a name before its ending; with a number and the ending it has no more than the 255 that systems allow."""


class ResultNames:
    """Names in one folder for the results of one command.

    Parameters
    ----------
    folder : where they go.
    photos : of the command; no result takes the name of one of them.
    endings : of the files by kind.
    """

    def __init__(self, folder: Path, photos: Iterable[Named], endings: Mapping[str, str] = ENDINGS) -> None:
        self.folder = folder
        self._endings = endings
        self._taken = {_same(Path(photo.text)) for photo in photos}

    def of(self, photo: Named) -> dict[str, Path]:
        """By kind; photos whose names are the same but for their folder, ending or case get a number each."""
        stem, number = _short(photo.path.stem), 1
        while True:
            name = stem if number == 1 else f"{stem}-{number}"
            paths = {kind: self.folder / f"{name}{ending}" for kind, ending in self._endings.items()}
            keys = {_same(path) for path in paths.values()}
            if not keys & self._taken:
                self._taken |= keys
                return paths
            number += 1


def _same(path: Path) -> str:
    """Equal for all names that one file may have on a system that ignores case or composes letters."""
    return unicodedata.normalize("NFC", os.path.realpath(path)).casefold()


def _short(stem: str) -> str:
    if len(os.fsencode(stem)) <= LONGEST:
        return stem
    mark = f"~{hashlib.sha256(os.fsencode(stem)).hexdigest()[:8]}"
    while len(os.fsencode(stem)) + len(mark) > LONGEST:
        stem = stem[:-1]
    return stem + mark
