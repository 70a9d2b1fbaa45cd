"""Bytes in, an upright RGB photo out, or a `PhotoError` that says why not."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from crackxai.errors import Message, PhotoError
from crackxai.photo.box import Box
from crackxai.photo.decoding import Pixels, turned
from crackxai.photo.formats import MAX_PIXELS, find
from crackxai.photo.found import Found
from crackxai.photo.memory import decodes
from crackxai.photo.photo import Photo
from crackxai.photo.refusals import Refusal, damaged, no_memory, no_photo

MAX_BYTES = 50 * 1024 * 1024
"""Largest file that is read."""
MIN_SIDE = 32
"""Smallest side, pixels: below it there is nothing to see at the network's scale."""


def read_photo(source: str | os.PathLike[str] | bytes | bytearray | memoryview, name: str | None = None) -> Photo:
    """Read a photo from a path or from its bytes.

    Its pixels decide whether it can be read; odd metadata never makes it fail. Decodes of one process wait for each
    other where they would need more than `crackxai.photo.memory.DECODE_BYTES` together.

    Parameters
    ----------
    source : a path, or the file's bytes. The format is told from the bytes: the name's ending does not matter.
    name : what to call it in messages; default: the path's last part, or "photo" for bytes.

    Raises
    ------
    PhotoError : not readable, empty, over `MAX_BYTES`, not an image of a format that is read, damaged or truncated,
        over `MAX_PIXELS` by its header (nothing is decoded then; JPEG files may have more and are read smaller),
        smaller than `MIN_SIDE` on a side, of values whose white cannot be known, or more than the memory holds.

    Examples
    --------
    >>> read_photo("wall.jpg").rgb.shape
    (3024, 4032, 3)
    """
    if isinstance(source, (bytes, bytearray, memoryview)):
        data, name = bytes(source), name or "photo"
    elif isinstance(source, (str, os.PathLike)):
        name = name or Path(source).name
        data = read_file(Path(source), name)
    else:
        raise PhotoError(f"expected a path or bytes, received {type(source).__name__}.")
    return open_photo(data, name).read()


@dataclass(frozen=True)
class OpenedPhoto:
    """A photo whose header was read; no pixel is decoded yet.

    Attributes
    ----------
    header : what is known of it so far: its ``rgb`` is (0, 0, 3), its notes are those that take no pixels.
    """

    header: Photo
    _found: Found

    def read(self) -> Photo:
        """The photo. Raises PhotoError, see `read_photo`."""
        found = self._found
        try:
            with decodes.take(found.needed):
                rgb, notes = _decode(found)
        except Refusal as reason:
            raise reason.of(self.header.name) from reason.__cause__
        rgb.setflags(write=False)
        return replace(self.header, rgb=rgb, notes=(*self.header.notes, *notes))


def open_photo(data: bytes, name: str) -> OpenedPhoto:
    """Read a photo's header, for those who may not need its pixels. Raises PhotoError, see `read_photo`."""
    try:
        found = _checked(data)
    except Refusal as reason:
        raise reason.of(name) from reason.__cause__
    turning = [Message("photo-note.turned", "turned upright, as the file says")] if found.orientation != 1 else []
    width, height = turned(found.size, found.orientation)
    header = Photo(
        np.zeros((0, 0, 3), np.uint8),
        name,
        hashlib.sha256(data).hexdigest(),
        found.size,
        found.format,
        (*found.notes, *turning),
        1 / found.reduced,
        Box(0, height, 0, width),
    )
    return OpenedPhoto(header, found)


def _checked(data: bytes) -> Found:
    if not data:
        template = "expected {formats}, received an empty file (0 bytes). Copy or export it again."
        raise Refusal("empty", template)
    if len(data) > MAX_BYTES:
        raise _too_many_bytes(len(data))
    found = _find(data)
    _check_size(found)
    return found


def read_file(path: Path, name: str) -> bytes:
    """A file's bytes, one more than `MAX_BYTES` at most. Raises PhotoError: it cannot be read, or is larger."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_many_bytes(path.stat().st_size).of(name)
        with path.open("rb") as file:
            # Pipes and devices have no size, and some of them no end.
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        template = "cannot be read: {why}. Check the path."
        raise Refusal("unreadable", template, why=error.strerror or str(error)).of(name) from error


def _find(data: bytes) -> Found:
    try:
        found = find(data)
    except Refusal:
        raise
    except Exception as error:
        raise (no_memory(len(data)) if _is_short(error, 0) else damaged()) from error
    if found is None:
        raise no_photo(len(data))
    return found


def _decode(found: Found) -> tuple[Pixels, list[Message]]:
    try:
        return found.decode()
    except Refusal:
        raise
    except Exception as error:
        # Decoders raise OSError, SyntaxError, ValueError, struct.error, ... on damaged bytes: all mean the same.
        raise (no_memory(found.needed) if _is_short(error, found.needed) else damaged()) from error


def _is_short(error: Exception, needed: int) -> bool:
    """Whether it was memory that a decoder lacked: some say so, of the others it is tried."""
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return True
    try:
        np.empty(needed, dtype=np.uint8)
    except MemoryError:
        return True
    return False


def _too_many_bytes(received: int) -> Refusal:
    template = "expected at most {most} MB, received {received} MB. Export it smaller or crop it."
    return Refusal("too-many-bytes", template, most=MAX_BYTES // 2**20, received=f"{received / 2**20:.1f}")


def _check_size(found: Found) -> None:
    width, height = found.size
    megapixels = f"{width * height / 1e6:.0f}"
    if width * height > MAX_PIXELS * found.reduced**2:
        template = (
            "expected at most {most} megapixels, received {width} x {height} ({received} megapixels). Crop it or "
            "export it smaller."
        )
        facts = {"most": MAX_PIXELS * found.reduced**2 // 10**6, "received": megapixels, "width": width}
        raise Refusal("too-many-pixels", template, height=height, **facts)
    if found.needed > decodes.total:
        template = (
            "expected at most {most} MB when decoded, received {received} MB for {width} x {height} pixels. Crop it, "
            "or export it smaller or as JPEG."
        )
        facts = {"most": decodes.total // 2**20, "received": found.needed // 2**20, "width": width}
        raise Refusal("too-much-memory", template, height=height, **facts)
    if min(found.size) < MIN_SIDE:
        template = "expected at least {least} pixels a side, received {width} x {height}. Use a larger photo."
        raise Refusal("too-small", template, least=MIN_SIDE, width=width, height=height)
