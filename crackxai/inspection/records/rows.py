"""Rows written and read: an entry of the chain, and what was said, together."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select

from crackxai.errors import Message, RecordsError
from crackxai.inspection.records.chain import START, Cover, canonical, digest, entry_hash
from crackxai.inspection.records.contents import Stored, from_content, to_content
from crackxai.inspection.records.tables import TABLES, DeletionRow, Entry, OfPhoto


def append(
    connection: Connection,
    inspection: str,
    kind: str,
    said: Any,
    written_at: str,
    photo: Stored[Any] | None = None,
    account: str | None = None,
) -> Stored[Any]:
    """Write a row after the last one, within a transaction that no other writer is beside.

    Parameters
    ----------
    said : of the kind's dataclass in `crackxai.inspection.records.contents.KINDS`.
    photo : row of the photo that it is said of. account : of the person who says it, where one logged in.

    Raises
    ------
    RecordsError : something in it is no plain JSON value.
    """
    content = to_content(said)
    if photo is not None:
        content |= {"photo": photo.number, "sha256": photo.said.sha256}
    if account is not None:
        content |= {"account": account}
    return append_content(connection, inspection, kind, content, written_at)


def append_content(
    connection: Connection, inspection: str, kind: str, content: dict[str, Any], written_at: str
) -> Stored[Any]:
    """`append`, of plain JSON values: also of what a later version of the program said beside what this one knows."""
    text = canonical(content)
    last = connection.execute(select(Entry.number, Entry.hash).order_by(Entry.number.desc()).limit(1)).first()
    number, previous = (1, START) if last is None else (last.number + 1, last.hash)
    sha256 = digest(text)
    own = entry_hash(number, kind, inspection, written_at, sha256, previous)
    connection.execute(
        insert(Entry).values(
            number=number,
            kind=kind,
            inspection=inspection,
            written_at=written_at,
            content_sha256=sha256,
            previous=previous,
            hash=own,
        )
    )
    table = TABLES[kind]
    connection.execute(
        insert(table).values(number=number, inspection=inspection, content=text, **table.columns_of(content))
    )
    return _stored(kind, number, inspection, written_at, own, text)


def read(connection: Connection, kind: str, *conditions: Any) -> tuple[Stored[Any], ...]:
    """Rows of a kind in the order they were written. conditions : on the columns of its table, see `TABLES`."""
    table = TABLES[kind]
    question = (
        select(table.number, table.inspection, table.content, Entry.written_at, Entry.hash)
        .join(Entry, Entry.number == table.number)
        .where(*conditions)
        .order_by(table.number)
    )
    return tuple(
        _stored(kind, row.number, row.inspection, row.written_at, row.hash, row.content)
        for row in connection.execute(question)
    )


def beside(column: Any) -> Any:
    """The column, for a condition that stands beside one on a photo's SHA-256: no index of its own is taken.

    Thousands of rows are of one inspection or one model, and a few of one photo. SQLite, which keeps no statistics,
    takes either index, and would read those thousands each time.
    """
    return column.concat("")


def numbered(connection: Connection, number: int) -> tuple[str, Stored[Any] | None]:
    """Kind of that row, and what it says; None where that was deleted. Raises RecordsError where there is none."""
    kind = connection.execute(select(Entry.kind).where(Entry.number == number)).scalar()
    if kind is None:
        raise RecordsError(f"expected the number of a row, received {number}, which there is none of.")
    found = read(connection, kind, TABLES[kind].number == number)
    return str(kind), found[0] if found else None


def whole(connection: Connection, inspection: str) -> Iterator[dict[str, Any]]:
    """Each of its rows, in order: its entry in the chain, and ``content`` as it is stored."""
    columns = (Entry.number, Entry.kind, Entry.written_at, Entry.content_sha256, Entry.previous, Entry.hash)
    entries = connection.execute(select(*columns).where(Entry.inspection == inspection).order_by(Entry.number)).all()
    said: dict[int, str] = {}
    for kind in {entry.kind for entry in entries}:
        table = TABLES[kind]
        found = connection.execute(select(table.number, table.content).where(table.inspection == inspection))
        said |= {row.number: row.content for row in found}
    for entry in entries:
        yield {**entry._mapping, "content": said[entry.number]}


def newest(rows: Iterable[Stored[Any]], key: Any) -> tuple[Stored[Any], ...]:
    """Of rows of one ``key(row)`` the last, in the order in which the first of each was written."""
    found: dict[Any, Stored[Any]] = {}
    for row in rows:
        found[key(row)] = row
    return tuple(found.values())


def require_inspection(connection: Connection, inspection: str) -> None:
    """Raise RecordsError where there is no inspection of that name, or it was deleted."""
    table = TABLES["inspection"]
    gone = connection.execute(select(DeletionRow.number).where(DeletionRow.inspection == inspection)).first()
    if gone is not None:
        raise RecordsError(
            Message(
                "records-error.deleted",
                "expected an inspection, received {inspection!r}, which was deleted (row {row}).",
                inspection=inspection,
                row=gone.number,
            )
        )
    if connection.execute(select(table.number).where(table.inspection == inspection).limit(1)).first() is None:
        raise RecordsError(
            Message(
                "records-error.unknown",
                "expected an inspection that is recorded, received {inspection!r}. List them first.",
                inspection=inspection,
            )
        )


def last_of(connection: Connection, inspection: str) -> int:
    """Number of the last of its rows; 0: there is none."""
    last = connection.execute(select(func.max(Entry.number)).where(Entry.inspection == inspection)).scalar()
    return 0 if last is None else int(last)


class Link(NamedTuple):
    """What the chain has of a row."""

    number: int
    kind: str
    hash: str


def chain_of(connection: Connection, inspection: str) -> list[Link]:
    """Each of its rows, in order."""
    question = select(Entry.number, Entry.kind, Entry.hash).where(Entry.inspection == inspection)
    return [Link(*row) for row in connection.execute(question.order_by(Entry.number))]


class Line(NamedTuple):
    """A row of the chain, and what it says; None of a kind that was left out."""

    number: int
    kind: str
    hash: str
    row: Stored[Any] | None


def since(connection: Connection, inspection: str, number: int, without: Collection[str]) -> list[Line]:
    """Rows of an inspection after that number, in order. without : kinds of which only the place in the chain is read.

    Raises
    ------
    RecordsError : there is no such inspection, or it was deleted.
    """
    after = (Entry.inspection == inspection, Entry.number > number)
    question = select(Entry.number, Entry.kind, Entry.hash).where(*after).order_by(Entry.number)
    links = [Link(*row) for row in connection.execute(question)]
    kinds = {link.kind for link in links}
    if number == 0 or "deletion" in kinds:
        require_inspection(connection, inspection)
    found: dict[int, Stored[Any]] = {}
    for kind in kinds - {*without}:
        table = TABLES[kind]
        said = read(connection, kind, table.inspection == inspection, table.number > number)
        found |= {row.number: row for row in said}
    return [Line(*link, found.get(link.number)) for link in links]


def cover(connection: Connection, inspection: str) -> Cover:
    """Of all its rows so far."""
    return Cover(row.hash for row in chain_of(connection, inspection))


def _stored(kind: str, number: int, inspection: str, written_at: str, own: str, text: str) -> Stored[Any]:
    content = json.loads(text)
    of_photo = issubclass(TABLES[kind], OfPhoto)
    return Stored(
        number,
        inspection,
        written_at,
        own,
        from_content(kind, content),
        content["photo"] if of_photo else None,
        content["sha256"] if of_photo or kind == "photo" else None,
        content.get("account"),
    )
