"""An inspection of another installation: its rows appended under this chain, and what its own chain said of them.

Rows here have other numbers, so that what refers to a row is told by its number here, and what is hashed is another
text. Nothing is lost by that: `Imported` keeps the entries of the chain there and the number that each row has here,
from which every content as it was follows again, to the letter. `misfit` does so, and with it `audit`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from crackxai.errors import RecordsError
from crackxai.inspection.records import rows
from crackxai.inspection.records.chain import Cover, canonical, digest, entry_hash
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.facts import Imported
from crackxai.inspection.records.tables import TABLES, DeletionRow, Entry, ImportRow

REFERENCES = ("photo", "judgement")
"""Entries of a content that are numbers of other rows."""
FACTS = ("number", "kind", "written_at", "content_sha256", "previous", "hash")


@dataclass(frozen=True)
class Given:
    """A row of another chain: `FACTS` of its entry, and its content as it is stored there."""

    number: int
    kind: str
    written_at: str
    content_sha256: str
    previous: str
    hash: str
    content: str


def append_given(
    connection: Connection,
    inspection: str,
    given: Iterable[Given],
    facts: Imported,
    written_at: str,
    account: str | None = None,
) -> Stored[Imported]:
    """Append the rows of another chain but for their sign-offs, which were not made over these rows, and `Imported`.

    Parameters
    ----------
    inspection : its new name, here. given : all of its rows there, in order, checked.
    facts : without entries and sign-offs, which are filled in. account : of who imports, where that person logged in.
    """
    here: dict[int, int] = {}
    entries, signed = [], []
    given = tuple(given)
    edits = [row.number for row in given if row.kind != "sign-off"]
    for row in given:
        if row.kind == "sign-off":
            voided = next((number for number in edits if number > row.number), None)
            signed.append({"number": row.number, "content": row.content, "voided_by": voided})
        else:
            content = _renumbered(json.loads(row.content), here)
            here[row.number] = rows.append_content(connection, inspection, row.kind, content, written_at).number
        entries.append({name: getattr(row, name) for name in FACTS} | {"row": here.get(row.number)})
    known = {**vars(facts), "entries": tuple(entries), "signed": tuple(signed)}
    return rows.append(connection, inspection, "import", Imported(**known), written_at, account=account)


def known_as(connection: Connection, covers: str, last: str, inspection: str) -> str | None:
    """The inspection that these rows were imported as, or are here, and that was not deleted; None: there is none.

    covers : `Cover` of their hashes. last : hash of the last of them. inspection : its name there.
    """
    for row in rows.read(connection, "import"):
        if row.said.covers == covers and not came_along(connection, row.inspection, row.number):
            return row.inspection
    own = connection.execute(select(Entry.number).where(Entry.hash == last)).first()
    deleted = select(DeletionRow.number).where(DeletionRow.inspection == inspection)
    return None if own is None or connection.execute(deleted).first() is not None else inspection


def entries_misfit(inspection: str, entries: Iterable[Mapping[str, Any]]) -> str | None:
    """What does not fit of an inspection's entries, by themselves: the first of it; None where all does."""
    last, last_hash = 0, ""
    for entry in entries:
        number = entry["number"]
        if number <= last:
            return f"row {number} stands behind row {last}"
        facts = (number, entry["kind"], inspection, entry["written_at"], entry["content_sha256"], entry["previous"])
        try:
            own_hash = entry_hash(*facts)
        except RecordsError as error:
            return f"row {number} is not of plain values: {error}"
        if own_hash != entry["hash"]:
            return f"row {number} ({entry['kind']}): its hash is not that of its entry"
        if number == last + 1 and last_hash and entry["previous"] != last_hash:
            return f"row {number} ({entry['kind']}): the hash that it carries of the row before is not that row's"
        last, last_hash = number, entry["hash"]
    return None


def misfit(connection: Connection, inspection: str, said: Mapping[str, Any]) -> str | None:
    """What does not fit of a recorded import and the rows that came with it; None where all does."""
    entries = said["entries"]
    why = entries_misfit(said["inspection"], entries)
    if why is not None:
        return f"of the rows that it was imported from, {why}"
    cover = Cover(entry["hash"] for entry in entries)
    if (cover.rows, cover.hash) != (said["rows"], said["covers"]):
        return "the rows that it was imported from do not have the hash that it says they have"
    there = {entry["row"]: entry["number"] for entry in entries if entry["row"] is not None}
    contents = {each["number"]: each["content"] for each in said["signed"]}
    so_far = Cover()
    for entry in entries:
        number, row = entry["number"], entry["row"]
        content = contents.get(number) if row is None else _as_it_was(connection, inspection, entry, there)
        if content is None or digest(content) != entry["content_sha256"]:
            where = "its sign-off" if row is None else f"row {row}"
            return f"{where} does not say what row {number} said, which it was imported from"
        if row is None:
            signed = json.loads(content)
            if (signed["rows"], signed["covers"]) != (so_far.rows, so_far.hash):
                return f"the sign-off in row {number} there covers other rows than those before it"
        so_far.add(entry["hash"])
    return None


def came_along(connection: Connection, inspection: str, number: int) -> bool:
    """Whether that row of an import was among those that were imported, and is of rows in the records before."""
    later = select(ImportRow.number).where(ImportRow.inspection == inspection, ImportRow.number > number)
    return connection.execute(later.limit(1)).first() is not None


def _as_it_was(
    connection: Connection, inspection: str, entry: Mapping[str, Any], there: Mapping[int, int]
) -> str | None:
    table = TABLES.get(entry["kind"])
    if table is None:
        return None
    asked = select(table.content).where(table.number == entry["row"], table.inspection == inspection)
    found = connection.execute(asked).first()
    return None if found is None else canonical(_renumbered(json.loads(found.content), there))


def _renumbered(content: dict[str, Any], numbers: Mapping[int, int]) -> dict[str, Any]:
    found = {name: content[name] for name in REFERENCES if isinstance(content.get(name), int)}
    return content | {name: numbers[number] for name, number in found.items() if number in numbers}


def read_imports(connection: Connection, inspection: str) -> tuple[Stored[Imported], ...]:
    """In order: the last is that of this installation, those before it of others that it came through."""
    return rows.read(connection, "import", ImportRow.inspection == inspection)
