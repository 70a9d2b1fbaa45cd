"""The archive: everything in one ZIP file, written file by file, never held in memory as a whole."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from crackxai.errors import PhotoError, RecordsError
from crackxai.explain.progress import Progress, silent
from crackxai.inspection.handover import manifest
from crackxai.inspection.handover.manifest import Member
from crackxai.inspection.handover.pdf import write_pdf
from crackxai.inspection.handover.spreadsheet import csv_text, write_xlsx
from crackxai.inspection.handover.subject import Subject, file_stem
from crackxai.inspection.originals import read_original
from crackxai.inspection.records.chain import Cover
from crackxai.inspection.records.imports import Given
from crackxai.inspection.records.records import Records
from crackxai.texts import Texts

REPORT, TABLES, TABLE, RECORDS = "report.pdf", "tables.xlsx", "photos.csv", "records.json"
PACKED = zipfile.ZIP_DEFLATED
BLOCK = 2**20
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


def write_archive(
    subject: Subject,
    records: Records,
    path: Path,
    texts: Texts | None = None,
    paper: str = "a4",
    with_photos: bool = True,
    progress: Progress = silent,
) -> None:
    """Write it.

    Parameters
    ----------
    records : that ``subject`` was read from. path : written over; use `crackxai.files.written_whole` around it.
    with_photos : whether the originals go along, where they are found. Without them no map can be made again.

    Raises
    ------
    RecordsError : somebody wrote to the inspection since ``subject`` was read.
    """
    texts = texts or Texts()
    given = records.given(subject.dossier.id)
    _check_same(subject, given)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path, "w", allowZip64=True) as file:
        writer = _Writer(file, subject.made_at)
        report, tables = Path(folder) / REPORT, Path(folder) / TABLES
        write_pdf(subject, report, texts, paper, progress)
        write_xlsx(subject, tables, texts)
        writer.add(REPORT, "report", _blocks(report))
        writer.add(TABLES, "tables", _blocks(tables))
        writer.add(TABLE, "table", [csv_text(subject, texts).encode("utf-8", "backslashreplace")], PACKED)
        writer.add(RECORDS, "records", _records(subject, given), PACKED)
        left_out = _add_photos(writer, subject, with_photos)
        text = manifest.manifest_of(subject, len(given), writer.members, texts.language, paper, left_out).text()
        writer.add(manifest.NAME, "", [text.encode()], PACKED)


def map_text(record: object) -> str:
    """A map's record as its own file has it, for ``verify RECORD PHOTO``."""
    return json.dumps(record, indent=1, allow_nan=False) + "\n"


def _check_same(subject: Subject, given: Iterable[Given]) -> None:
    if Cover(row.hash for row in given).hash != subject.dossier.covers:
        raise RecordsError(
            "expected an inspection that stays the same while it is handed over, received one that others write to. "
            "Hand it over once they are done."
        )


def _add_photos(writer: _Writer, subject: Subject, with_photos: bool) -> dict[str, str]:
    """Maps and originals, a photo at a time; what is not in the archive, and why."""
    left_out: dict[str, str] = {}
    for number, photo in enumerate(subject.dossier.photos, 1):
        for place, row in enumerate(subject.explanations.get(photo.sha256, ()), 1):
            text = map_text(row.said.record)
            writer.add(f"maps/{number:04d}-{place}.json", "map", [text.encode()], PACKED, photo.sha256)
        if not with_photos:
            left_out[photo.sha256] = "asked"
            continue
        try:
            data = read_original(subject.store, photo.photo.said)
        except PhotoError as error:
            left_out[photo.sha256] = "changed" if getattr(error.message, "name", "") == "original.changed" else "gone"
            continue
        writer.add(f"photos/{number:04d}-{_file_name(photo.name)}", "photo", [data], photo=photo.sha256)
    return left_out


def _file_name(name: str) -> str:
    stem, ending = Path(name).stem, Path(name).suffix
    return file_stem(stem) + (ending if _ENDING.fullmatch(ending) else "")


def _records(subject: Subject, given: Iterable[Given]) -> Iterator[bytes]:
    """The rows as the chain and the tables have them, a line each."""
    head = json.dumps({"inspection": subject.dossier.id})[:-1]
    yield f'{head}, "rows": [\n'.encode()
    for place, row in enumerate(given):
        yield ((",\n" if place else "") + json.dumps(asdict(row))).encode()
    yield b"\n]}\n"


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


class _Writer:
    """Files into the archive, in order, and what the manifest has of each."""

    def __init__(self, file: zipfile.ZipFile, made_at: str) -> None:
        self._file = file
        self._time = datetime.datetime.fromisoformat(made_at).timetuple()[:6]
        self.members: list[Member] = []

    def add(
        self, name: str, is_: str, blocks: Iterable[bytes], how: int = zipfile.ZIP_STORED, photo: str | None = None
    ) -> None:
        info = zipfile.ZipInfo(name, self._time)
        info.compress_type, info.external_attr, info.create_system = how, 0o644 << 16, 3
        size, found = 0, hashlib.sha256()
        with self._file.open(info, "w", force_zip64=True) as target:
            for block in blocks:
                target.write(block)
                found.update(block)
                size += len(block)
        self.members.append(Member(name, size, found.hexdigest(), is_, photo))
