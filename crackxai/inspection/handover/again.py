"""A sample of an archive's maps made again from its photos, and compared with what was recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crackxai.errors import CrackXAIError
from crackxai.explain.progress import Progress, silent
from crackxai.explain.record import checked
from crackxai.explain.verify import Verification, verify
from crackxai.inspection.handover.check import Checked
from crackxai.inspection.handover.members import opened
from crackxai.model.classifier import CrackModel
from crackxai.photo import read_photo


@dataclass(frozen=True)
class MadeAgain:
    """A map of the sample.

    Attributes
    ----------
    row, photo : number of its row, name of the photo's file in the archive.
    found : how it compares; None where it could not be made again, ``why`` then.
    """

    row: int
    photo: str
    found: Verification | None
    why: str = ""

    @property
    def fits(self) -> bool:
        """Whether nothing speaks against it; what could not be made again says nothing."""
        return self.found is None or self.found.succeeded


def make_again(
    path: Path, known: Checked, model: CrackModel, count: int, progress: Progress = silent
) -> Iterator[MadeAgain]:
    """Make some maps again, spread over all that have their photo in the archive: always the same ones.

    Parameters
    ----------
    known : the archive, checked. count : how many at most.
    """
    rows = [
        (row.number, content)
        for row in known.given
        if row.kind == "explanation" and (content := json.loads(row.content))["sha256"] in known.photos
    ]
    chosen = [rows[place * len(rows) // count] for place in range(count)] if len(rows) > count else rows
    with opened(path) as file:
        for number, content in chosen:
            name = known.photos[content["sha256"]]
            try:
                record = checked(content["record"])
                found = verify(record, model, read_photo(file.read(name), _name(content)), progress)
            except CrackXAIError as error:
                yield MadeAgain(number, name, None, str(error))
            else:
                yield MadeAgain(number, name, found)


def _name(content: Mapping[str, Any]) -> str:
    """Of the photo as it was recorded."""
    return str(content["record"].get("photo", {}).get("name", "photo"))
