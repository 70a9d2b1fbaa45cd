"""What is given to be recorded of an inspection and its photos, and what stands at its end."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crackxai.errors import RecordsError
from crackxai.photo import Photo
from crackxai.photo.taken import read_taken


@dataclass(frozen=True)
class Inspection:
    """A visit to a structure. date : of it, YYYY-MM-DD; every text but ``name`` may be empty.

    Raises
    ------
    RecordsError : no name, or a date that is none.
    """

    name: str
    structure: str = ""
    element: str = ""
    place: str = ""
    date: str = ""
    inspector: str = ""
    remarks: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise RecordsError("expected a name of the inspection, received none.")
        if self.date:
            try:
                whole = datetime.date.fromisoformat(self.date).isoformat() == self.date
            except ValueError:
                whole = False
            if not whole:
                raise RecordsError(f"expected the date of the inspection as YYYY-MM-DD, received {self.date!r}.")


@dataclass(frozen=True)
class PhotoFile:
    """A photo of an inspection: where it is and what its file says, not its pixels.

    Attributes
    ----------
    name : of the file. sha256 : of its bytes, hex. width, height : pixels, as in the file. file_size : bytes.
    path : where it was found; stored : name of the copy in the store, given by the store. Either may be None.
    taken_at : ISO 8601 as its EXIF block says, in the camera's own time where that tells no zone.
    latitude, longitude : degrees, WGS 84, of its EXIF block.
    element, place : of the structure, and where on it.
    """

    name: str
    sha256: str
    width: int
    height: int
    file_size: int
    path: str | None = None
    stored: str | None = None
    taken_at: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    element: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise RecordsError(f"expected a SHA-256 of 64 hexadecimal digits, received {self.sha256!r}.")
        for name, most in (("latitude", 90), ("longitude", 180)):
            value = getattr(self, name)
            if value is not None and not abs(value) <= most:
                raise RecordsError(f"expected a {name} of -{most} to {most} degrees, received {value}.")

    @classmethod
    def of(
        cls, photo: Photo, data: bytes, path: Path | str | None = None, element: str = "", place: str = ""
    ) -> PhotoFile:
        """Of a photo that was read, whole or a window of it, and the bytes of its file. path : a URI is a text."""
        taken = read_taken(data)
        return cls(
            photo.name,
            photo.sha256,
            *photo.original_size,
            file_size=len(data),
            path=str(path.absolute()) if isinstance(path, Path) else path,
            taken_at=taken.at,
            latitude=taken.latitude,
            longitude=taken.longitude,
            element=element,
            place=place,
        )


@dataclass(frozen=True)
class SignOff:
    """Who answers for an inspection.

    Attributes
    ----------
    rows, covers : how many rows of it there were, and `Cover` of their hashes. missing : what it was signed without,
        kinds of `crackxai.inspection.dossier.Missing`.
    """

    who: str
    rows: int
    covers: str
    remarks: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Deletion:
    """What is left of a deleted inspection.

    Attributes
    ----------
    who, reason : who did it, and why. rows, covers : how many rows went, and `Cover` of their hashes.
    went : kind of row -> how many. copies : names of stored photos that no other inspection had.
    """

    who: str
    rows: int
    covers: str
    reason: str = ""
    went: Mapping[str, int] = field(default_factory=dict)
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Imported:
    """Where an inspection came from that another installation handed over; its rows before this one are those.

    Attributes
    ----------
    who : imported it here. inspection : its name in the records that it is from.
    program, made_at : of the archive: which version wrote it, and when.
    rows, covers : how many rows of it there were, and `Cover` of their hashes.
    entries : what the chain there has of each of them, in order: number, kind, written_at, content_sha256, previous,
        hash; and ``row``, the number that it has here, None of a sign-off: nobody signed anything here.
    signed : the sign-offs, in order: number, ``content`` as it was stored there, and voided_by, the number of the row
        that voids it, or None.
    """

    who: str
    inspection: str
    program: str
    made_at: str
    rows: int
    covers: str
    entries: tuple[Mapping[str, Any], ...] = ()
    signed: tuple[Mapping[str, Any], ...] = ()
