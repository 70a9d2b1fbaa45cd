"""A photo of a folder made ready to be judged, ahead of the network: read, hashed, looked up, decoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from crackxai.errors import PhotoError
from crackxai.inspection.photo_source import SourcePhoto
from crackxai.inspection.records.facts import PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.photo import Photo
from crackxai.photo.reading import OpenedPhoto, open_photo


@dataclass(frozen=True, eq=False)
class Prepared:
    """A photo that waits for its answer.

    Attributes
    ----------
    error : why it cannot be read; nothing of the others is there then.
    elsewhere : whether another run has it in hand; nothing of the others is there then.
    file : as it is recorded. known : the answer, where it was ever given. key : under which it is found.
    question : what is asked of the model; None where the answer is known.
    data : the file, where a copy is to be kept.
    """

    photo: SourcePhoto
    error: PhotoError | None = None
    file: PhotoFile | None = None
    known: Judgement | None = None
    key: str | None = None
    question: Any = None
    data: bytes | None = None
    elsewhere: bool = False


@dataclass(frozen=True)
class Preparing:
    """Makes photos ready, in any thread; what it holds of a photo ends with what it returns.

    Attributes
    ----------
    key : under which the answer to a photo, told by its header, is found. known : the answer of a SHA-256 and key.
    question : what is kept of a photo to be asked about, of its header and its file. keep : whether its file is.
    claim : whether that photo and key may be worked on: nobody else does.
    """

    key: Callable[[Photo], str]
    known: Callable[[str, str], Judgement | None]
    question: Callable[[OpenedPhoto, bytes], Any]
    keep: bool
    claim: Callable[[str, str], bool] = lambda *_: True

    def __call__(self, photo: SourcePhoto) -> Prepared:
        """Of one photo. Raises RecordsError, SourceError: nor can the rest be made ready."""
        try:
            data = photo.read()
            # Messages begin with the place, by which people find it.
            opened = open_photo(data, photo.place)
            asked = opened.header.sha256, self.key(opened.header)
            known = self.known(*asked)
            if known is None:
                if not self.claim(*asked):
                    return Prepared(photo, elsewhere=True)
                # Whoever had it in hand may have recorded it before it was given back.
                known = self.known(*asked)
            question = self.question(opened, data) if known is None else None
        except PhotoError as error:
            return Prepared(photo, error)
        said = PhotoFile.of(opened.header, data, photo.path)
        file = PhotoFile(**{**vars(said), "name": photo.name})
        return Prepared(photo, None, file, known, asked[1], question, data if self.keep else None)
