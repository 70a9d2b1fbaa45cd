"""Walking the chain: the first row that does not fit, and why."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, text

from crackxai.errors import RecordsError
from crackxai.inspection.records import imports
from crackxai.inspection.records.access import OF_NONE
from crackxai.inspection.records.chain import START, Cover, digest, entry_hash
from crackxai.inspection.records.database import Database
from crackxai.inspection.records.guards import missing_guards
from crackxai.inspection.records.tables import REVIEWED, TABLES, Entry

_REVIEWED = frozenset(table.kind for table in REVIEWED)
BATCH = 1000
"""Rows that are read at a time."""


@dataclass(frozen=True)
class Misfit:
    """The first row that does not fit. kind, inspection : "" where the row is missing."""

    number: int
    kind: str
    inspection: str
    why: str


@dataclass(frozen=True)
class SignOffFound:
    """A sign-off of an inspection that was not deleted, and the row that voids it; None where it is valid."""

    number: int
    inspection: str
    voided_by: int | None


@dataclass(frozen=True)
class Audit:
    """What a walk found.

    Attributes
    ----------
    rows : that fit, from the first on. head : hash of the last of these.
    inspections, deleted : how many are there, and how many were deleted.
    misfit : None where all rows fit. sign_offs : of inspections that are there, in order.
    asked, found_at : a hash that was asked for, and the number of its row; None where there is none.
    unguarded : triggers that should refuse changes and are not there, see `missing_guards`; the rows may fit still.
    """

    rows: int
    head: str
    inspections: int
    deleted: int
    sign_offs: tuple[SignOffFound, ...]
    misfit: Misfit | None = None
    asked: str | None = None
    found_at: int | None = None
    unguarded: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether all rows fit, and the hash that was asked for is among theirs."""
        return self.misfit is None and (self.asked is None or self.found_at is not None)


def audit(database: Database, head: str | None = None) -> Audit:
    """Walk the chain from its first row to its last, in one state of the database.

    Parameters
    ----------
    head : hash of a row that was written down before, such as that of the last one then: rows that were cut off at the
        end, or another database in this one's place, show by it alone.

    Raises
    ------
    RecordsError : the database cannot be read, or SQLite finds its file damaged.
    """
    with database.reading() as connection:
        if connection.dialect.name == "sqlite":
            (sound,) = connection.execute(text("PRAGMA quick_check(1)")).one()
            if sound != "ok":
                raise RecordsError(f"{database.name}: the records are damaged ({sound}). Put back a copy.")
        return replace(_Walk(connection, head).audit(), unguarded=missing_guards(connection))


class _Misfits(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class _Walk:
    def __init__(self, connection: Connection, head: str | None) -> None:
        self._connection, self._asked = connection, head
        self._found_at: int | None = None
        self._number, self._previous = 0, START
        self._covers: dict[str, Cover] = defaultdict(Cover)
        self._kinds: dict[str, Counter[str]] = defaultdict(Counter)
        self._wrote: dict[str, set[str]] = defaultdict(set)
        self._signed: dict[int, SignOffFound] = {}
        self._valid: dict[str, list[int]] = defaultdict(list)
        deletions = select(Entry.inspection, func.min(Entry.number)).where(Entry.kind == "deletion")
        self._deleted = {row[0]: row[1] for row in connection.execute(deletions.group_by(Entry.inspection))}

    def audit(self) -> Audit:
        misfit = self._first_misfit()
        stray = self._first_stray()
        if stray is not None and (misfit is None or stray.number < misfit.number):
            misfit = stray
        there = self._covers.keys() - self._deleted.keys() - {OF_NONE}
        signed = (each for each in self._signed.values() if each.inspection in there)
        return Audit(
            self._number,
            self._previous,
            len(there),
            len(self._covers.keys() & self._deleted.keys()),
            tuple(signed),
            misfit,
            self._asked,
            self._found_at,
        )

    def _first_misfit(self) -> Misfit | None:
        for entry, content in self._rows():
            if entry.number > self._number + 1:
                return Misfit(self._number + 1, "", "", "the row is missing")
            try:
                self._check_link(entry)
                said = self._check_content(entry, content)
                self._check_covers(entry, said)
                self._check_reviewer(entry, said)
            except _Misfits as found:
                return Misfit(entry.number, str(entry.kind), str(entry.inspection), found.why)
            self._pass(entry)
        return None

    def _check_link(self, entry: Row[Any]) -> None:
        if entry.number != self._number + 1:
            raise _Misfits(f"its number is not the {self._number + 1} that follows")
        if entry.previous != self._previous:
            raise _Misfits("the hash that it carries of the row before is not that row's")
        facts = (entry.number, entry.kind, entry.inspection, entry.written_at, entry.content_sha256, entry.previous)
        try:
            own = entry_hash(*facts)
        except RecordsError as error:  # a value that is no text
            raise _Misfits(f"its entry is no longer of text: {error}") from None
        if entry.hash != own:
            raise _Misfits("its own hash is not that of its entry")
        if entry.kind not in TABLES:
            raise _Misfits(f"its kind {entry.kind!r} is unknown")
        deleted = self._deleted.get(entry.inspection)
        if deleted is not None and deleted < entry.number:
            raise _Misfits(f"its inspection was deleted before, by row {deleted}")

    def _check_content(self, entry: Row[Any], content: Row[Any] | None) -> dict[str, Any] | None:
        deleted = self._deleted.get(entry.inspection)
        gone = deleted is not None and entry.kind != "deletion"
        if content is None:
            if not gone:
                raise _Misfits("what it said is gone, and no row says that its inspection was deleted")
            return None
        if gone:
            raise _Misfits(f"what it said is there, though row {deleted} says that its inspection was deleted")
        if not isinstance(content.content, str) or digest(content.content) != entry.content_sha256:
            raise _Misfits("what it says is not what was written: its SHA-256 is another than the entry's")
        said: dict[str, Any] = json.loads(content.content)
        columns = TABLES[entry.kind].columns_of(said) | {"inspection": entry.inspection}
        for name, value in columns.items():
            if getattr(content, name) != value:
                raise _Misfits(f"its column {name} is {getattr(content, name)!r}, and it says {value!r}")
        if entry.kind == "import" and not imports.came_along(self._connection, entry.inspection, entry.number):
            why = imports.misfit(self._connection, entry.inspection, said)
            if why is not None:
                raise _Misfits(why)
        return said

    def _check_covers(self, entry: Row[Any], said: dict[str, Any] | None) -> None:
        if said is None or entry.kind not in ("sign-off", "deletion"):
            return
        cover = self._covers[entry.inspection]
        if (said["rows"], said["covers"]) != (cover.rows, cover.hash):
            raise _Misfits(
                f"it covers {said['rows']} rows with the hash {said['covers'][:12]}…, and the {cover.rows} rows of its "
                f"inspection before it have {cover.hash[:12]}…"
            )
        if entry.kind == "deletion" and said["went"] != dict(self._kinds[entry.inspection]):
            raise _Misfits("the rows that it says went are not those that its inspection had")

    def _check_reviewer(self, entry: Row[Any], said: dict[str, Any] | None) -> None:
        """The database refuses such a sign-off; somebody may have made room for it."""
        account = None if said is None else said.get("account")
        if account is None:
            return
        if entry.kind in _REVIEWED:
            self._wrote[entry.inspection].add(account)
        if entry.kind == "sign-off" and account in self._wrote[entry.inspection]:
            raise _Misfits("who signed it had written into the inspection, which another person has to sign")

    def _pass(self, entry: Row[Any]) -> None:
        self._number, self._previous = entry.number, entry.hash
        self._covers[entry.inspection].add(entry.hash)
        self._kinds[entry.inspection][entry.kind] += 1
        if entry.hash == self._asked:
            self._found_at = entry.number
        if entry.kind == "sign-off":
            self._signed[entry.number] = SignOffFound(entry.number, entry.inspection, None)
            self._valid[entry.inspection].append(entry.number)
            return
        for number in self._valid.pop(entry.inspection, ()):
            self._signed[number] = SignOffFound(number, entry.inspection, entry.number)

    def _rows(self) -> Iterator[tuple[Row[Any], Row[Any] | None]]:
        """Each entry with what was said, in order; what other kinds' tables have under its number is a stray."""
        last = -(2**63)  # a row may have been put before the first
        columns = list(Entry.__table__.columns)
        while True:
            batch = self._connection.execute(
                select(*columns).where(Entry.number > last).order_by(Entry.number).limit(BATCH)
            ).all()
            if not batch:
                return
            low, last = batch[0].number, batch[-1].number
            said: dict[tuple[str, int], Row[Any]] = {}
            for kind in {str(row.kind) for row in batch} & TABLES.keys():
                table = TABLES[kind].__table__
                within = table.c.number.between(low, last)
                said |= {(kind, row.number): row for row in self._connection.execute(select(table).where(within))}
            for row in batch:
                yield row, said.get((row.kind, row.number))

    def _first_stray(self) -> Misfit | None:
        """Of what is said without an entry of its kind."""
        found = []
        for kind, table in TABLES.items():
            entries = table.__table__.outerjoin(Entry.__table__, and_(Entry.number == table.number, Entry.kind == kind))
            question = select(table.number, table.inspection).select_from(entries).where(Entry.number.is_(None))
            row = self._connection.execute(question.order_by(table.number).limit(1)).first()
            if row is not None:
                why = "it says something, and the chain has no such row"
                found.append(Misfit(row.number, kind, row.inspection, why))
        return min(found, key=lambda each: each.number, default=None)
