"""An inspection that is looked at again and again: of thousands of photos, only what was written since is read."""

from __future__ import annotations

import dataclasses
import threading
from collections import defaultdict
from typing import Any

from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.records.chain import Cover
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.records import Records
from crackxai.inspection.records.rows import Line
from crackxai.inspection.records.signing import SignOffState


class DossierReader:
    """`read` gives what `crackxai.inspection.dossier.read_dossier` would, and keeps it. Safe to share between threads.

    Rows are never changed, so that what was read once holds: later rows are put on top of it.
    """

    def __init__(self, records: Records, inspection: str) -> None:
        self._records, self._inspection = records, inspection
        self._lock = threading.Lock()
        self._dossier: Dossier | None = None
        self._last, self._last_kind = 0, ""
        self._version, self._cover = 1, Cover()
        self._facts: Stored[Any] | None = None
        self._sign_offs: list[SignOffState] = []
        self._imported: list[Stored[Any]] = []
        self._photos: dict[str, PhotoDossier] = {}
        self._decisions: dict[str, dict[Any, Stored[Any]]] = defaultdict(dict)

    def read(self) -> Dossier:
        """The inspection as it stands: the same object, until somebody writes.

        Raises
        ------
        RecordsError : there is none, it was deleted, or it cannot be read.
        """
        with self._lock:
            lines = self._records.since(self._inspection, self._last)
            for line in lines:
                self._take(line)
            if lines or self._dossier is None:
                assert self._facts is not None  # that is what an inspection begins with
                self._dossier = Dossier(
                    self._facts,
                    tuple(self._photos.values()),
                    tuple(self._sign_offs),
                    self._version,
                    self._cover.hash,
                    tuple(self._imported),
                )
            return self._dossier

    def _take(self, line: Line) -> None:
        if line.kind == "sign-off":
            assert line.row is not None
            self._sign_offs.append(SignOffState(line.row, None))
        else:
            self._sign_offs = [
                dataclasses.replace(each, voided_by=line.number) if each.valid else each for each in self._sign_offs
            ]
            self._version += self._last_kind == "sign-off"
        if line.row is not None:
            self._say(line.kind, line.row)
        self._cover.add(line.hash)
        self._last, self._last_kind = line.number, line.kind

    def _say(self, kind: str, row: Stored[Any]) -> None:
        if kind == "inspection":
            self._facts = row
        if kind == "import":
            self._imported.append(row)
        if row.sha256 is None:
            return
        before = self._photos.get(row.sha256)
        if before is None:
            self._photos[row.sha256] = PhotoDossier(row)  # what is said of a photo comes after the photo
            return
        said: Any = row
        if kind == "decision":
            of_it = self._decisions[row.sha256]
            of_it[row.said.box, row.said.who] = row
            said = tuple(of_it.values())
        elif kind in ("size", "rating"):
            said = (*getattr(before, f"{kind}s"), row)
        fields = {"photo": "photo", "judgement": "judgement", "decision": "decisions", "size": "sizes"}
        self._photos[row.sha256] = dataclasses.replace(before, **{fields.get(kind, "ratings"): said})
