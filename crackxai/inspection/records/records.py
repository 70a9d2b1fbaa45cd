"""The way in: inspections, their photos, what machine and people said of them, who signed."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import RecordsError
from crackxai.inspection.records import deletion, imports, rows, signing, summary
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.database import Database, open_database
from crackxai.inspection.records.decisions import Decision, Rating, SizeOf
from crackxai.inspection.records.facts import Deletion, Imported, Inspection, PhotoFile, SignOff
from crackxai.inspection.records.judgements import ExplanationRecord, Judgement
from crackxai.inspection.records.map_values import pack
from crackxai.inspection.records.membership import Membership
from crackxai.inspection.records.people import deciding_person
from crackxai.inspection.records.photo_store import PhotoStore, photo_store
from crackxai.inspection.records.place import place_of
from crackxai.inspection.records.schema import bring_up_to_date
from crackxai.inspection.records.sizes import Size
from crackxai.inspection.records.tables import TABLES, DecisionRow, InspectionRow, JudgementRow, OfPhoto, PhotoRow
from crackxai.model.decision import Kind
from crackxai.photo import Box

Clock = Callable[[], datetime.datetime]


def now() -> datetime.datetime:
    """The time, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def open_records(
    place: str | Path | None = None,
    *,
    create: bool = True,
    store: Path | None = None,
    clock: Clock = now,
    person: Callable[[], str] = deciding_person,
) -> Records:
    """Open the records, or begin new ones; older tables are brought up to date.

    Parameters
    ----------
    place : file or URL; None: `CRACKXAI_DB`, else the user's data folder. See `place_of`.
    create : whether to begin new ones where there are none.
    store : folder for copies of photos, of this database alone; None: what `CRACKXAI_STORE` names, else beside
        SQLite's file, and none with PostgreSQL, which may be on another computer.
    clock : tells the time, with its zone. person : tells who decides and signs.

    Raises
    ------
    RecordsError : they cannot be opened; see `open_database` and `bring_up_to_date`.

    >>> with open_records() as records:
    ...     records.inspections()
    """
    where = place_of(place)
    copies = photo_store(store, where.with_name(f"{where.stem}-photos") if isinstance(where, Path) else None)
    database = open_database(where, create)
    try:
        bring_up_to_date(database)
    except BaseException:
        database.close()
        raise
    return Records(database, copies, clock, person)


class Records(Membership):
    """Open records, for several threads. Every writing method is one transaction: all of it is kept, or nothing.

    A photo is named by its inspection and the SHA-256 of its file. All methods raise RecordsError where what they are
    given is not there or cannot be recorded, or the database fails.
    """

    def __init__(self, database: Database, store: PhotoStore, clock: Clock, person: Callable[[], str]) -> None:
        super().__init__(database, clock, person)
        self.store = store

    # Inspections

    def add_inspection(self, inspection: Inspection) -> Stored[Inspection]:
        """Begin one; its name in the records is ``.inspection`` of the row."""
        return self._append(uuid.uuid4().hex, "inspection", inspection, new=True)

    def edit_inspection(self, inspection: str, facts: Inspection) -> Stored[Inspection]:
        """Say its particulars anew. Voids a sign-off."""
        return self._append(inspection, "inspection", facts)

    def inspections(self) -> tuple[Stored[Inspection], ...]:
        """All that were not deleted, as they were said last, in the order in which they were begun."""
        return rows.newest(self._read("inspection"), lambda row: row.inspection)

    def summaries(self) -> dict[str, summary.Summary]:
        """Of each inspection that has photos or was signed, by its name in the records."""
        with self._reading() as connection:
            return summary.summaries(connection)

    def inspection(self, inspection: str) -> Stored[Inspection]:
        """As it was said last."""
        with self._reading() as connection:
            rows.require_inspection(connection, inspection)
            return rows.read(connection, "inspection", InspectionRow.inspection == inspection)[-1]

    def last_row(self, inspection: str) -> int:
        """Number of the last row written of it; 0: there is none. Cheap, to see whether it is as it was."""
        with self._reading() as connection:
            return rows.last_of(connection, inspection)

    def since(self, inspection: str, number: int) -> list[rows.Line]:
        """Its rows after that number, in order; of explanations, which are large, only that they are there."""
        with self._reading() as connection:
            return rows.since(connection, inspection, number, without=("explanation",))

    def row(self, number: int) -> tuple[str, Stored[Any] | None]:
        """Kind of the row of that number, and what it says; None where that was deleted."""
        with self._reading() as connection:
            return rows.numbered(connection, number)

    # Photos and what the machine says

    def add_photo(
        self, inspection: str, photo: PhotoFile, copy: bool = False, data: bytes | None = None
    ) -> Stored[PhotoFile]:
        """Add a photo, or say anew what is known of it (the same SHA-256).

        Parameters
        ----------
        copy : keep one of the file, of ``data`` or at its path. data : the file's bytes, where they are at hand.
        """
        with self._doing("photo", inspection) as connection:
            rows.require_inspection(connection, inspection)
            if copy:
                # Within the transaction, so that no deletion elsewhere takes it for a copy that nobody has.
                if data is None and photo.path is None:
                    raise RecordsError(f"{photo.name}: expected a path to copy the photo from, received none.")
                source = Path(str(photo.path)) if data is None else data
                facts = {**vars(photo), "stored": self.store.keep(source, photo.sha256, photo.name)}
                photo = PhotoFile(**facts)
            return self._write(connection, inspection, "photo", photo)

    def photo(self, inspection: str, sha256: str) -> Stored[PhotoFile] | None:
        """One photo as it was said last; None where the inspection does not have it."""
        found = self._read("photo", PhotoRow.sha256 == sha256, rows.beside(PhotoRow.inspection) == inspection)
        return found[-1] if found else None

    def photos(self, inspection: str) -> tuple[Stored[PhotoFile], ...]:
        """As they were said last, in the order in which they were added."""
        return rows.newest(self._read("photo", PhotoRow.inspection == inspection), lambda row: row.sha256)

    def add_judgement(self, inspection: str, sha256: str, judgement: Judgement) -> Stored[Judgement]:
        """What the machine said of a photo."""
        return self._of_photo(inspection, sha256, "judgement", judgement)

    def judgements(self, inspection: str, sha256: str | None = None) -> tuple[Stored[Judgement], ...]:
        """All, in order; of one photo, or of all."""
        return self._read("judgement", *_about(JudgementRow, inspection, sha256))

    def judged(self, sha256: str, key: str) -> Stored[Judgement] | None:
        """The last answer to this photo by that model and settings (`judgement_key`), in any inspection; or None."""
        found = self._read("judgement", JudgementRow.sha256 == sha256, rows.beside(JudgementRow.key) == key)
        return found[-1] if found else None

    def add_explanation(
        self,
        judgement: Stored[Judgement],
        record: Mapping[str, Any],
        channel_values: NDArray[np.float32] | None = None,
    ) -> Stored[ExplanationRecord]:
        """A map that explains a judgement: its record, and its values, (H, W, 3) float32; None: they are not kept."""
        values = "" if channel_values is None else pack(channel_values)
        said = ExplanationRecord(judgement.number, record, values)
        return self._of_photo(judgement.inspection, str(judgement.sha256), "explanation", said)

    def explanations(self, inspection: str, sha256: str | None = None) -> tuple[Stored[ExplanationRecord], ...]:
        """All, in order."""
        return self._read("explanation", *_about(TABLES["explanation"], inspection, sha256))

    # What people say

    def decide(
        self,
        inspection: str,
        sha256: str,
        verdict: Kind,
        reason: str = "",
        text: str = "",
        box: Box | None = None,
        judgement: Stored[Judgement] | None = None,
    ) -> Stored[Decision]:
        """Decide on a photo, or a box in it. Another person's decision stays beside it.

        Parameters
        ----------
        reason : of `REASONS`; required where the machine said another thing.
        judgement : the answer that the person saw; None: the last one of this photo.

        Raises
        ------
        RecordsError : also where the judgement is of another photo.
        """
        with self._doing("decision", inspection) as connection:
            found = rows.read(connection, "judgement", *_about(JudgementRow, inspection, sha256))
            if judgement is not None:
                found = tuple(row for row in found if row.number == judgement.number)
                if not found:
                    raise RecordsError(
                        f"expected a judgement of this photo, received row {judgement.number} of another."
                    )
            last = found[-1] if found else None
            decision = Decision(
                self._person(),
                verdict,
                reason,
                text,
                None if last is None else last.number,
                None if last is None else _at_that_moment(last.said),
                box,
            )
            decision.check()
            return self._of_photo(inspection, sha256, "decision", decision)

    def decisions(self, inspection: str, sha256: str | None = None) -> tuple[Stored[Decision], ...]:
        """All that were ever made, in order."""
        return self._read("decision", *_about(DecisionRow, inspection, sha256))

    def current_decisions(self, inspection: str, sha256: str | None = None) -> tuple[Stored[Decision], ...]:
        """The last of each person on each photo and box."""
        return rows.newest(self.decisions(inspection, sha256), lambda row: (row.sha256, row.said.box, row.said.who))

    def add_size(self, inspection: str, sha256: str, size: Size, box: Box | None = None) -> Stored[SizeOf]:
        """Record how large a crack is, or that it was not measured; see `Size`."""
        return self._of_photo(inspection, sha256, "size", SizeOf(self._person(), size, box))

    def sizes(self, inspection: str, sha256: str | None = None) -> tuple[Stored[SizeOf], ...]:
        """All, in order."""
        return self._read("size", *_about(TABLES["size"], inspection, sha256))

    def add_rating(
        self,
        inspection: str,
        sha256: str,
        scale: str,
        values: Mapping[str, str],
        remarks: str = "",
        box: Box | None = None,
    ) -> Stored[Rating]:
        """Record what a person chose on a scale (`rating_scales`); the program never chooses."""
        rating = Rating.by(self._person(), scale, values, remarks, box)
        return self._of_photo(inspection, sha256, "rating", rating)

    def ratings(self, inspection: str, sha256: str | None = None) -> tuple[Stored[Rating], ...]:
        """All, in order."""
        return self._read("rating", *_about(TABLES["rating"], inspection, sha256))

    # Signing and deleting

    def covered(self, inspection: str) -> str:
        """Hash of all rows of the inspection: what a sign-off would be over."""
        with self._reading() as connection:
            rows.require_inspection(connection, inspection)
            return rows.cover(connection, inspection).hash

    def sign_off(
        self, inspection: str, remarks: str = "", seen: str | None = None, missing: Iterable[str] = ()
    ) -> Stored[SignOff]:
        """Answer for an inspection as it is now.

        Parameters
        ----------
        seen : `covered` when the person looked; refused where somebody wrote since.
        missing : what the person was told is missing, and signed without; see `crackxai.inspection.dossier.missing`.
        """
        with self._doing("sign-off", inspection) as connection:
            rows.require_inspection(connection, inspection)
            said = signing.sign_off(connection, inspection, self._person(), remarks, seen, tuple(missing))
            return self._write(connection, inspection, "sign-off", said)

    def sign_offs(self, inspection: str) -> tuple[signing.SignOffState, ...]:
        """All, in order, and whether each still holds."""
        with self._reading() as connection:
            return signing.sign_offs(connection, inspection)

    def version(self, inspection: str) -> int:
        """From 1 on; one more for each time that something was written after a sign-off."""
        with self._reading() as connection:
            return signing.version(connection, inspection)

    # Handing over

    def given(self, inspection: str) -> tuple[imports.Given, ...]:
        """All of its rows as the chain and the tables have them, to be handed over."""
        with self._reading() as connection:
            rows.require_inspection(connection, inspection)
            return tuple(imports.Given(**row) for row in rows.whole(connection, inspection))

    def import_inspection(
        self, given: Iterable[imports.Given], facts: Imported, copies: Iterable[PhotoFile] = ()
    ) -> Stored[Imported]:
        """Append an inspection of another installation, under a name of its own; see `imports`.

        Parameters
        ----------
        given : its rows there, checked. facts : where they are from; who imports is filled in.
        copies : photos of it whose copies are in the store.

        Raises
        ------
        RecordsError : it is here already.
        """
        given = tuple(given)
        name = uuid.uuid4().hex
        with self._doing("import") as connection:
            before = imports.known_as(connection, facts.covers, given[-1].hash, facts.inspection)
            if before is not None:
                raise RecordsError(
                    f"expected an inspection that these records do not have, received one that they have as {before}. "
                    "Nothing was added."
                )
            who = Imported(**{**vars(facts), "who": self._person()})
            account = None if self.login is None else self.login.account
            row = imports.append_given(connection, name, given, who, self._time(), account)
            for copy in copies:
                rows.append(connection, name, "photo", copy, self._time())  # nobody's: it came with the import
            return row

    def known_rows(self, covers: str, last: str, inspection: str) -> str | None:
        """The inspection here that is those rows, or was imported from them; None where there is none.

        covers : `Cover` of their hashes. last : hash of the last of them. inspection : its name there.
        """
        with self._reading() as connection:
            return imports.known_as(connection, covers, last, inspection)

    def imports(self, inspection: str) -> tuple[Stored[Imported], ...]:
        """Where it came from: the last is how it came here, those before it how it came there. Empty: it began here."""
        with self._reading() as connection:
            return imports.read_imports(connection, inspection)

    def what_goes(self, inspection: str) -> deletion.Going:
        """What a deletion would take."""
        with self._reading() as connection:
            rows.require_inspection(connection, inspection)
            return deletion.what_goes(connection, inspection)

    def delete_inspection(self, inspection: str, reason: str, seen: deletion.Going | None = None) -> Stored[Deletion]:
        """Remove all that was said of an inspection, and copies of photos that no other has; see `deletion`.

        Parameters
        ----------
        seen : what the person was told that goes; refused where it is another by now.
        """
        if self._within_another:
            raise RecordsError("expected a deletion on its own, received one within other writing. Do it after that.")
        with self._doing("deletion", inspection) as connection:
            rows.require_inspection(connection, inspection)
            said = deletion.deletion(connection, inspection, self._person(), reason, seen)
            row = self._write(connection, inspection, "deletion", said)
            deletion.remove(connection, inspection)
        with self._writing() as connection:
            deletion.remove_copies(connection, self.store)
        return row

    # Rows

    def _read(self, kind: str, *conditions: Any) -> tuple[Stored[Any], ...]:
        with self._reading() as connection:
            return rows.read(connection, kind, *conditions)

    def _append(self, inspection: str, kind: str, said: Any, new: bool = False) -> Stored[Any]:
        with self._doing(kind, inspection) as connection:
            if not new:
                rows.require_inspection(connection, inspection)
            return self._write(connection, inspection, kind, said)

    def _of_photo(self, inspection: str, sha256: str, kind: str, said: Any) -> Stored[Any]:
        with self._doing(kind, inspection) as connection:
            rows.require_inspection(connection, inspection)
            found = rows.read(
                connection, "photo", PhotoRow.sha256 == sha256, rows.beside(PhotoRow.inspection) == inspection
            )
            if not found:
                raise RecordsError(f"expected a photo of this inspection, received SHA-256 {sha256!r}. Add it first.")
            return self._write(connection, inspection, kind, said, found[-1])


def _about(table: type[Any], inspection: str, sha256: str | None) -> tuple[Any, ...]:
    assert issubclass(table, OfPhoto)
    if sha256 is None:
        return (table.inspection == inspection,)
    return table.sha256 == sha256, rows.beside(table.inspection) == inspection


def _at_that_moment(judgement: Judgement) -> dict[str, Any]:
    names = ("verdict", "probability", "threshold", "model", "fingerprint")
    return {name: getattr(judgement, name) for name in names}
