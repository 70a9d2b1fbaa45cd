"""The folders on the server, and URIs, that its owner lets photos be taken from."""

from __future__ import annotations

from pathlib import Path

from crackxai.errors import SourceError
from crackxai.inspection import remote_files
from crackxai.inspection.remote_files import RemotePlace
from crackxai.ui.text import later

VARIABLE = remote_files.VARIABLE


def allowed() -> tuple[Path | RemotePlace, ...]:
    """Those that are named and, of folders, there, links followed."""
    return remote_files.named()


def find(text: str) -> Path | RemotePlace:
    """The folder or file that somebody named, a whole path, or one from within an allowed folder; or a whole URI.

    What lies outside is refused alike whether or not it is there: nobody learns what else the server has.

    Raises
    ------
    SourceError : it lies outside of all that is `allowed`, links followed, or nothing is there.
    """
    given = text.strip()
    places = allowed()
    folders = [place for place in places if isinstance(place, Path)]
    outside = SourceError(later("folder.outside", path=given, allowed=", ".join(map(str, places)) or "-"))
    if not given or not given.isprintable():
        raise outside
    if remote_files.is_uri(given):
        return _find_remote(given, outside)
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


def _find_remote(given: str, outside: SourceError) -> RemotePlace:
    place = RemotePlace.read(given)
    if not any(isinstance(each, RemotePlace) and place.within(each) for each in allowed()):
        raise outside
    return place
