"""The photos in a ZIP archive, read member by member. Nothing is unpacked, no name in it becomes a path.

A few kilobytes can unfold to petabytes, and what the archive says of itself may be a lie. So its directory is read only
up to a bound, every member is counted while it is read, and all members together may not unfold to much more than the
archive itself: photos hardly shrink when they are packed. An archive in the archive is no photo, and stays packed.
"""

from __future__ import annotations

import io
import stat
import threading
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath

from crackxai.errors import Message, PhotoError, SourceError
from crackxai.inspection import source_errors
from crackxai.inspection.photo_source import LeftOut, SourcePhoto
from crackxai.photo import MAX_BYTES, is_photo
from crackxai.photo.folders import ENDINGS, HIDDEN, NO_PHOTO, is_systems_own

MOST_MEMBERS = 20_000
MOST_TIMES, FREE_BYTES = 20, 2**30
"""What all members may unfold to: so many times the archive's size, or as many bytes where that is more."""
DIRECTORY_BYTES = 400
"""Of a member's entry in the directory, as a mean: 46, its name, and what systems put beside it."""
STEP = 2**18
"""Bytes that are unfolded at a time."""
ENCRYPTED, UTF8 = 0x1, 0x800
"""Bits of a member's flags; APPNOTE.TXT 4.4.4."""


class _Bounded(io.BufferedReader):
    """A file of which no more is read at once than a directory may have."""

    most: int

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self.most:
            raise zipfile.BadZipFile
        return super().read(size)


class ArchiveSource:
    """Keeps `crackxai.inspection.photo_source.PhotoSource`; the photos are in the order of their names.

    Parameters
    ----------
    file : its path; or what reads it elsewhere, which is closed with it and may raise SourceError.
    name : for people; needed where there is no path.
    most_members, most_bytes : bounds; None: `MOST_TIMES` the archive's size and `FREE_BYTES` at least.

    Raises
    ------
    SourceError : it is no ZIP archive, is damaged, or exceeds a bound by what it says of itself. From a photo's
        ``read``, too: it exceeds the bound by what it really holds.
    """

    def __init__(
        self,
        file: Path | io.RawIOBase,
        name: str = "",
        most_members: int = MOST_MEMBERS,
        most_bytes: int | None = None,
    ) -> None:
        self.name = name or (file.name if isinstance(file, Path) else "")
        self._unfolded: dict[int, int] = {}
        self._total, self._counting = 0, threading.Lock()
        try:
            self._file = _Bounded(io.FileIO(file) if isinstance(file, Path) else file)
        except OSError as error:
            raise source_errors.unreadable_source(Path(str(file)), error) from error
        self._file.most = max(2**16, most_members * DIRECTORY_BYTES)
        try:
            self._zip = zipfile.ZipFile(self._file)
            size = self._file.seek(0, io.SEEK_END)
            self._most = max(FREE_BYTES, MOST_TIMES * size) if most_bytes is None else most_bytes
            members = [member for member in self._zip.infolist() if not member.is_dir()]
            if len(members) > most_members:
                raise source_errors.too_many_members(self.name, most_members)
            if sum(member.file_size for member in members) > self._most:
                raise source_errors.bomb(self.name, self._most)
            if sum(member.compress_size for member in members) > size:
                # They lie over one another, so that a small archive would be read as often as it has members.
                raise zipfile.BadZipFile
            self.photos, self.left_out = self._sorted_out(members)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            self._file.close()
            raise source_errors.damaged_archive(self.name) from error
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()
        self._file.close()

    def _sorted_out(self, members: list[zipfile.ZipInfo]) -> tuple[tuple[SourcePhoto, ...], tuple[LeftOut, ...]]:
        photos, left_out = [], []
        for place, member in sorted(((_place(each), each) for each in members), key=lambda pair: pair[0]):
            if why := self._no_photo(place, member):
                left_out.append(LeftOut(place, why))
            else:
                name = PurePosixPath(place).name
                photos.append(SourcePhoto(place, name, None, partial(self._read, place, member)))
        return tuple(photos), tuple(left_out)

    def _no_photo(self, place: str, member: zipfile.ZipInfo) -> Message | None:
        """Why a member is none; None where it is one, or claims to be."""
        parts = PurePosixPath(place).parts
        if _leads_out(place):
            return source_errors.LEADS_OUT
        if any(is_systems_own(part) for part in parts):
            return HIDDEN
        if stat.S_ISLNK(member.external_attr >> 16):
            return source_errors.LINK
        claims = PurePosixPath(place).suffix.lower() in ENDINGS
        if member.flag_bits & ENCRYPTED:
            # What it is cannot be seen; of what claims to be a photo somebody has to know.
            return source_errors.ENCRYPTED if claims else NO_PHOTO
        if claims:
            return None
        try:
            return None if is_photo(self._read(place, member, most=32, whole=False)) else NO_PHOTO
        except PhotoError:
            return NO_PHOTO

    def _read(self, place: str, member: zipfile.ZipInfo, most: int = MAX_BYTES, whole: bool = True) -> bytes:
        """The member's bytes, unfolded up to ``most``; whole: more of them is an error."""
        data = bytearray()
        try:
            with self._zip.open(member) as opened:
                while len(data) < most + whole and (step := opened.read(min(STEP, most + whole - len(data)))):
                    data += step
                    self._count(member, len(data))
        except SourceError:
            raise
        except Exception as error:
            # Damaged bytes are told in many ways: BadZipFile, zlib.error, EOFError, OSError, LZMAError, ...
            raise source_errors.damaged_member(place) from error
        if len(data) > most:
            raise source_errors.too_large_member(place, most)
        return bytes(data)

    def _count(self, member: zipfile.ZipInfo, received: int) -> None:
        """A member that is read again unfolds to no more than it did."""
        with self._counting:
            before = self._unfolded.get(member.header_offset, 0)
            if received > before:
                self._unfolded[member.header_offset] = received
                self._total += received - before
            if self._total > self._most:
                raise source_errors.bomb(self.name, self._most)


def _place(member: zipfile.ZipInfo) -> str:
    """The member's name. Those who pack often write UTF-8 and do not say so."""
    name = member.filename
    if not member.flag_bits & UTF8:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return name
    return name


def _leads_out(place: str) -> bool:
    """Whether a name, taken for a path on any system, would lie elsewhere: absolute, of a drive, or with ``..``."""
    parts = place.replace("\\", "/").split("/")
    return place.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]
