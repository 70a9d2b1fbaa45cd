"""An archive into other records: checked first, then appended as an inspection of its own, in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

from crackxai.errors import Message, RecordsError
from crackxai.explain.progress import Progress, silent
from crackxai.inspection.handover.check import Checked, check_archive
from crackxai.inspection.handover.members import opened
from crackxai.inspection.records.contents import Stored, from_content
from crackxai.inspection.records.facts import Imported, PhotoFile
from crackxai.inspection.records.records import Records


@dataclass(frozen=True)
class ImportedArchive:
    """What was imported.

    Attributes
    ----------
    row : of the import; its ``inspection`` is the new name. checked : the archive.
    copies : photos that were copied into the store. without : photos whose files are not here.
    """

    row: Stored[Imported]
    checked: Checked
    copies: int
    without: int


def import_archive(records: Records, path: Path, progress: Progress = silent) -> ImportedArchive:
    """Import an inspection that was handed over.

    Its rows are appended under this chain, with numbers of their own; what was said is kept to the letter, and so are
    the chain's entries there and the sign-offs, which are no sign-offs of these records (`Imported`). Photos are copied
    into the store, where there is one.

    Raises
    ------
    RecordsError : the archive does not hold together, or these records have the inspection already. Nothing is added.
    OutputError : a photo cannot be copied. Copies that were made by then are kept, and taken by the next try.
    """
    known = check_archive(path, progress)
    _refuse_known(records, known)
    copies = _copied(records, path, known) if records.store.keeps else []
    manifest = known.manifest
    facts = Imported("", manifest.inspection, manifest.program, manifest.made_at, manifest.rows, manifest.covers)
    row = records.import_inspection(known.given, facts, copies)
    photos = {json.loads(each.content)["sha256"] for each in known.given if each.kind == "photo"}
    return ImportedArchive(row, known, len(copies), len(photos) - len(copies))


def _refuse_known(records: Records, known: Checked) -> None:
    """Before photos are copied in vain; asked again when it is written."""
    there = records.known_rows(known.manifest.covers, known.given[-1].hash, known.manifest.inspection)
    if there is not None:
        raise RecordsError(
            Message(
                "archive-error.known",
                "expected an inspection that these records do not have, received one that they have as {inspection}. "
                "Nothing was added.",
                inspection=there,
            )
        )


def _copied(records: Records, path: Path, known: Checked) -> list[PhotoFile]:
    """Copies of the photos, and what is said anew of each: that it lies in the store here."""
    said: dict[str, PhotoFile] = {}
    for row in known.given:
        if row.kind == "photo":
            photo = from_content("photo", json.loads(row.content))
            said[photo.sha256] = photo
    found = []
    with opened(path) as file:
        for sha256, name in known.photos.items():
            stored = records.store.keep(file.read(name), sha256, PurePosixPath(name).name)
            facts = {each.name: getattr(said[sha256], each.name) for each in fields(PhotoFile)}
            found.append(PhotoFile(**{**facts, "path": None, "stored": stored}))
    return found
