"""Does an archive hold together? Every hash is followed from what was said to what was signed.

It finds what was changed in an archive afterwards, down to one byte. It cannot find an archive of which somebody
computed all hashes anew: for that, the hash of all rows is to be compared with the one on paper, or in the records that
it is from (`audit --head`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crackxai.errors import CrackXAIError, RecordsError
from crackxai.explain.progress import Progress, silent
from crackxai.inspection.handover import archive
from crackxai.inspection.handover.manifest import Manifest
from crackxai.inspection.handover.members import MOST_RECORDS, Archive, fault, opened
from crackxai.inspection.records.chain import Cover, digest
from crackxai.inspection.records.contents import from_content
from crackxai.inspection.records.facts import SignOff
from crackxai.inspection.records.imports import FACTS, REFERENCES, Given, entries_misfit
from crackxai.inspection.records.tables import TABLES, OfPhoto

_HASH = re.compile("[0-9a-f]{64}")
_TEXTS = ("kind", "written_at", "content_sha256", "previous", "hash", "content")


@dataclass(frozen=True)
class Signed:
    """A sign-off of the archive's inspection; voided_by : the row that was written after it, or None."""

    number: int
    written_at: str
    said: SignOff
    voided_by: int | None


@dataclass(frozen=True)
class Checked:
    """An archive that holds together.

    Attributes
    ----------
    manifest : what it says of itself. given : all rows, in order. sign_offs : in order.
    photos : SHA-256 of those that are in it -> their files' names.
    """

    manifest: Manifest
    given: tuple[Given, ...]
    sign_offs: tuple[Signed, ...]
    photos: Mapping[str, str]


def check_archive(path: Path, progress: Progress = silent) -> Checked:
    """Check all of it.

    Raises
    ------
    RecordsError : the first thing that does not fit. OSError : the file cannot be read.
    """
    with opened(path) as file:
        file.check_files(progress)
        return check_records(file)


def check_records(file: Archive) -> Checked:
    """Check what the rows say, and that the manifest says the same."""
    manifest = file.manifest
    given = _rows(file)
    why = entries_misfit(manifest.inspection, ({name: getattr(row, name) for name in FACTS} for row in given))
    if why is not None:
        raise _misfit(why)
    signed = tuple(_contents(given))
    cover = Cover(row.hash for row in given)
    told = signed[-1] if signed else None
    sign_off = None
    if told is not None:
        sign_off = {
            "who": told.said.who,
            "when": told.written_at,
            "rows": told.said.rows,
            "covers": told.said.covers,
            "valid": told.voided_by is None,
        }
    if (manifest.rows, manifest.covers, manifest.sign_off) != (cover.rows, cover.hash, sign_off):
        raise _misfit("the manifest tells of other rows, or another sign-off, than the records")
    return Checked(manifest, given, signed, _photos(file, given))


def _rows(file: Archive) -> tuple[Given, ...]:
    """Each of them of plain values of the right types."""
    try:
        facts = json.loads(file.read(archive.RECORDS, MOST_RECORDS))
        if facts["inspection"] != file.manifest.inspection:
            raise _misfit("the records are of another inspection than the manifest")
        rows = tuple(Given(**row) for row in facts["rows"])
        for row in rows:
            if type(row.number) is not int or not all(isinstance(getattr(row, name), str) for name in _TEXTS):
                raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError, StopIteration) as error:
        raise _misfit("the records are not of the form that this program writes") from error
    if not rows or rows[0].kind != "inspection":
        raise _misfit("the records do not begin with an inspection")
    return rows


def _contents(given: tuple[Given, ...]) -> Iterator[Signed]:
    """What each row says, checked; yields the sign-offs."""
    known: dict[int, tuple[str, str | None]] = {}
    cover = Cover()
    edits = [row.number for row in given if row.kind != "sign-off"]
    for row in given:
        where = f"row {row.number} ({row.kind})"
        if row.kind not in TABLES or row.kind == "deletion":
            raise _misfit(f"{where} is of a kind that no inspection that is handed over has")
        if digest(row.content) != row.content_sha256:
            raise _misfit(f"{where} does not say what was written: its SHA-256 is another than the entry's")
        try:
            content = json.loads(row.content)
            said = from_content(row.kind, content)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, CrackXAIError) as error:
            raise _misfit(f"{where} says nothing that this program can read ({str(error)[:100]})") from error
        _check_references(row, content, known, where)
        known[row.number] = row.kind, content.get("sha256") if row.kind in ("photo", "judgement") else None
        if row.kind == "sign-off":
            if (said.rows, said.covers) != (cover.rows, cover.hash):
                raise _misfit(f"{where} covers other rows than those before it")
            voided = next((number for number in edits if number > row.number), None)
            yield Signed(row.number, row.written_at, said, voided)
        cover.add(row.hash)


def _check_references(
    row: Given, content: Mapping[str, Any], known: Mapping[int, tuple[str, str | None]], where: str
) -> None:
    """That the photo, and the judgement, that it is said of are rows before it."""
    if not issubclass(TABLES[row.kind], OfPhoto):
        return
    for name in REFERENCES:
        number = content.get(name)
        if number is None and (name != "photo" and row.kind != "explanation"):
            continue
        if known.get(number if isinstance(number, int) else -1) != (name, content.get("sha256")):
            raise _misfit(f"{where} is said of a {name} that is not before it")


def _photos(file: Archive, given: tuple[Given, ...]) -> dict[str, str]:
    """That each photo and map in the archive is one of the records; and which photos are there."""
    recorded = {json.loads(row.content)["sha256"] for row in given if row.kind == "photo"}
    maps: dict[str, list[str]] = {}
    for row in given:
        if row.kind == "explanation":
            content = json.loads(row.content)
            maps.setdefault(content["sha256"], []).append(archive.map_text(content["record"]))
    found: dict[str, str] = {}
    for member in file.manifest.files:
        if member.is_ == "photo":
            if member.photo not in recorded or member.photo != member.sha256:
                raise fault("photo", "{file} is not a photo of these records.", file=member.name)
            found[member.photo] = member.name
        elif member.is_ == "map":
            left = maps.get(str(member.photo), [])
            text = file.read(member.name).decode("utf-8", "replace")
            # Texts are compared as JSON: the order of names in the records is their canonical one in both.
            if text not in left:
                raise fault("map", "{file} is not a map of these records.", file=member.name)
            left.remove(text)
    if any(maps.values()):
        raise _misfit("a map of the records has no file of its own")
    if lost := recorded - found.keys() - file.manifest.left_out.keys():
        raise _misfit(f"the photo {min(lost)[:12]}… is not there, and the manifest does not say that it was left out")
    return found


def _misfit(why: str) -> RecordsError:
    return fault("records", "the records in the archive do not fit: {why}.", why=why)
