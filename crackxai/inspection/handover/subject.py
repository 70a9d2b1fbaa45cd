"""What is handed over: an inspection as it stands, with all that its files are made of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crackxai.errors import RecordsError
from crackxai.inspection.dossier import Dossier, PhotoDossier, read_dossier
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.decisions import Decision
from crackxai.inspection.records.judgements import ExplanationRecord
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.inspection.records.records import Records, now
from crackxai.model.classifier import CrackModel

TRIES = 5
"""How often an inspection is read that others write to meanwhile."""
LONGEST_STEM = 80
"""Characters of a file's name, before its ending."""
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")
"""Names that Windows keeps for its devices."""


@dataclass(frozen=True)
class Subject:
    """What is handed over.

    Attributes
    ----------
    dossier : the inspection as it stands. decisions : all that were ever made, in order.
    explanations : SHA-256 of a photo -> its maps, in order.
    store : where copies of photos are. models : by fingerprint, those that are at hand.
    made_at : when, ISO 8601 with its zone; the one thing in the files that is not of the records.
    """

    dossier: Dossier
    decisions: tuple[Stored[Decision], ...]
    explanations: Mapping[str, tuple[Stored[ExplanationRecord], ...]]
    store: PhotoStore
    models: Mapping[str, CrackModel]
    made_at: str

    @classmethod
    def of(
        cls, records: Records, inspection: str, models: Iterable[CrackModel] = (), made_at: str | None = None
    ) -> Subject:
        """Read an inspection. made_at : None: now. Raises RecordsError where there is none, or it was deleted."""
        for _ in range(TRIES):
            dossier = read_dossier(records, inspection)
            decisions, explanations = records.decisions(inspection), records.explanations(inspection)
            if records.covered(inspection) == dossier.covers:  # nobody wrote meanwhile: all of it is of one state
                break
        else:
            raise RecordsError(
                "expected an inspection that stays the same while it is read, received one that others write to. Hand "
                "it over once they are done."
            )
        by_photo: dict[str, list[Stored[ExplanationRecord]]] = defaultdict(list)
        for row in explanations:
            by_photo[str(row.sha256)].append(row)
        return cls(
            dossier,
            decisions,
            {sha256: tuple(rows) for sha256, rows in by_photo.items()},
            records.store,
            {model.fingerprint: model for model in models},
            made_at or now().astimezone().isoformat(timespec="seconds"),
        )

    @property
    def name(self) -> str:
        """Of the inspection."""
        return self.dossier.facts.said.name

    @property
    def findings(self) -> tuple[tuple[int, PhotoDossier], ...]:
        """Photos that stand as cracked or open, or that people decided on other than the machine; with their numbers,
        from 1 on."""
        return tuple(
            (number, photo)
            for number, photo in enumerate(self.dossier.photos, 1)
            if photo.verdict in ("crack", "review") or photo.overridden
        )

    def at(self, row: Stored[Any]) -> str:
        """When a row was said, to the second, in UTC."""
        return moment(self.dossier.said_at(row))


def moment(written_at: str) -> str:
    """A row's time to the second: "2026-03-01 10:11:12 UTC"."""
    return f"{written_at[:19].replace('T', ' ')} UTC"


def file_stem(name: str) -> str:
    """A name for a file on every system: no separators, nothing that Windows refuses, no more than `LONGEST_STEM`."""
    stem = "".join("_" if each in '<>:"/\\|?*' or not each.isprintable() else each for each in name)
    stem = stem.encode("utf-8", "replace").decode()[:LONGEST_STEM].strip(" .")
    return f"_{stem}" if not stem or _RESERVED.fullmatch(stem) else stem
