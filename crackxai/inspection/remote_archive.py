"""A ZIP archive at a URI, read where it lies: what is asked of the store is its directory, and the photos in it.

Nothing is downloaded as a whole, so that no archive fills a disk here. All bounds are those of any archive, see
`crackxai.inspection.photo_archive`.
"""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from crackxai.inspection import source_errors
from crackxai.inspection.remote_files import RemoteFiles, RemotePlace, why

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ENDING = ".zip"
"""By which one is known: on some stores every name is a file, also what lists others."""
BLOCK = 2**20
"""Bytes that are asked for at once: a store answers a few large questions sooner than many small ones."""
BLOCKS = 8
"""That are kept: photos are read by several threads at a time, each at another spot, and the directory at the end."""


def archive_at(place: RemotePlace) -> RemoteArchiveFile | None:
    """The archive at that place; None: what is there is none. Raises SourceError: the store does not answer."""
    if place.above is None or not place.name.lower().endswith(ENDING):
        return None
    files = RemoteFiles(place.above)
    try:
        return RemoteArchiveFile(files, place.name) if files.is_file(place.name) else None
    except Exception as error:  # whatever a store's client raises
        raise source_errors.unlisted(str(place), why(error)) from error


class RemoteArchiveFile(io.RawIOBase):
    """A file in a store that can be sought in, block by block; for several threads that take turns.

    Raises
    ------
    SourceError : from all that reads: the store does not answer, or has another file there by now.
    """

    def __init__(self, files: RemoteFiles, name: str) -> None:
        self._files, self._name = files, name
        self._size, self._at = files.size(name), 0
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Where it is then, from the beginning. Raises ValueError for a place before it."""
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if at < 0:
            raise ValueError(at)
        self._at = at
        return at

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Up to the end of a block."""
        with self._lock:
            if self._at >= self._size:
                return 0
            number, within = divmod(self._at, BLOCK)
            view = memoryview(buffer).cast("B")
            data = self._block(number)[within : within + len(view)]
            view[: len(data)] = data
            self._at += len(data)
            return len(data)

    def _block(self, number: int) -> bytes:
        if number in self._blocks:
            self._blocks.move_to_end(number)
            return self._blocks[number]
        start, end = number * BLOCK, min((number + 1) * BLOCK, self._size)
        place = str(self._files.place.below(self._name))
        try:
            data = self._files.part(self._name, start, end)
        except Exception as error:  # whatever a store's client raises
            raise source_errors.unlisted(place, why(error)) from error
        if len(data) != end - start:
            raise source_errors.changed_archive(place)
        self._blocks[number] = data
        while len(self._blocks) > BLOCKS:
            self._blocks.popitem(last=False)
        return data
