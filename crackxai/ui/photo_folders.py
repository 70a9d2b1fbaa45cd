"""The folders on the server that its owner lets photos be taken from."""

from __future__ import annotations

import os
from pathlib import Path

from crackxai.errors import SourceError
from crackxai.ui.text import later

VARIABLE = "CRACKXAI_PHOTOS"
"""Environment variable: folders, separated as in PATH. Who can open the page can have everything below them judged, and
copied into the records."""


def allowed() -> tuple[Path, ...]:
    """Those that are named and there, links followed."""
    named = os.environ.get(VARIABLE, "").split(os.pathsep)
    return tuple(dict.fromkeys(Path(each).resolve() for each in named if each.strip() and Path(each).is_dir()))


def find(text: str) -> Path:
    """The folder or file that somebody named: a whole path, or one from within an allowed folder.

    What lies outside is refused alike whether or not it is there: nobody learns what else the server has.

    Raises
    ------
    SourceError : it lies outside of all that is `allowed`, links followed, or nothing is there.
    """
    given = text.strip()
    folders = allowed()
    outside = SourceError(
        later("folder.outside", path=given, allowed=", ".join(str(folder) for folder in folders) or "-")
    )
    if not given or not given.isprintable():
        raise outside
    try:
        candidates = [(folder / given).resolve() for folder in folders]  # a whole path replaces the folder
        inside = [path for path in candidates if any(path.is_relative_to(folder) for folder in folders)]
        if not inside:
            raise outside
        there = [path for path in inside if path.exists()]
    except (OSError, RuntimeError, ValueError) as error:
        raise outside from error
    if not there:
        raise SourceError(later("folder.not-there", path=given))
    return there[0]
