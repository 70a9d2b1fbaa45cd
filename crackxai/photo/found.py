"""`Found`: a picture in a file, before it is decoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from crackxai.errors import Message
from crackxai.photo.decoding import Pixels


@dataclass(frozen=True)
class Found:
    """A picture in a file, before it is decoded.

    Attributes
    ----------
    format : "JPEG", "PNG", ...
    size : (width, height) as stored.
    needed : bytes that decoding it takes at most, with the result.
    decode : the upright pixels, and what was done to them.
    orientation : 1-8, of how it is stored.
    reduced : it is read at one ``reduced``-th of its sides.
    notes : what is to be said before any pixel is seen.
    """

    format: str
    size: tuple[int, int]
    needed: int
    decode: Callable[[], tuple[Pixels, list[Message]]]
    orientation: int = 1
    reduced: int = 1
    notes: list[Message] = field(default_factory=list)


def frames_note(count: int) -> list[Message]:
    """That only the first of several is looked at; nothing of one."""
    return [Message("photo-note.frames", "first of {count} frames", count=count)] if count > 1 else []
