"""The one way out of the records: an inspection is deleted, and that it was stays.

Append-only records and a duty to delete (a customer's, or a law's on personal data) contradict each other unless it is
said what each keeps. Here all that was *said* goes: particulars, photos' names and places, answers, decisions, names of
people, sign-offs. What stays is the chain: for each row its number, kind, time and hashes, and a last row of the
inspection that says who deleted it, when and why, how many rows of each kind went, the hash over all of them, and which
copies of photos, by their SHA-256. So
`audit` can still walk from the first row to the last, an old report can still be compared with the hash it was signed
over, and nobody can make an inspection vanish without a name to it. The database keeps to that order: its triggers let
no content go before the row of its deletion is there, and let the chain go never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, delete, select

from crackxai.errors import Message, RecordsError
from crackxai.inspection.records import rows
from crackxai.inspection.records.chain import Cover
from crackxai.inspection.records.facts import Deletion
from crackxai.inspection.records.photo_store import PhotoStore
from crackxai.inspection.records.tables import GOING, PhotoRow


@dataclass(frozen=True)
class Going:
    """What goes with an inspection.

    Attributes
    ----------
    went : kind of row -> how many. covers : `Cover` of their hashes. copies : names of stored photos that no other
        inspection has.
    """

    went: Mapping[str, int]
    covers: str
    copies: tuple[str, ...]

    @property
    def rows(self) -> int:
        """All."""
        return sum(self.went.values())


def what_goes(connection: Connection, inspection: str) -> Going:
    """All that was said of it so far."""
    chain = rows.chain_of(connection, inspection)
    kept = PhotoRow.stored.is_not(None)
    own = connection.scalars(select(PhotoRow.stored).where(PhotoRow.inspection == inspection, kept))
    others = connection.scalars(select(PhotoRow.stored).where(PhotoRow.inspection != inspection, kept))
    copies = sorted({str(name) for name in own} - {str(name) for name in others})
    went = MappingProxyType(dict(Counter(row.kind for row in chain)))
    return Going(went, Cover(row.hash for row in chain).hash, tuple(copies))


def deletion(connection: Connection, inspection: str, who: str, reason: str, seen: Going | None) -> Deletion:
    """What is recorded. Raises RecordsError where another is there than was ``seen``."""
    going = what_goes(connection, inspection)
    if seen is not None and seen.covers != going.covers:
        raise RecordsError(
            Message(
                "records-error.delete-stale",
                "expected the inspection as it was looked at, received one that was written to "
                "since. Look at what goes, and delete again.",
            )
        )
    return Deletion(who, going.rows, going.covers, reason, dict(going.went), going.copies)


def remove(connection: Connection, inspection: str) -> None:
    """Remove what was said; the row of the deletion is there already."""
    for table in GOING:
        connection.execute(delete(table).where(table.inspection == inspection))


def remove_copies(connection: Connection, store: PhotoStore) -> None:
    """Remove the copies that deletions named and no photo has, while no other writer adds any.

    Of all deletions, since one may have been killed before it came to this. No other file is ever removed: beside an
    older state of the database that was put back, copies without a photo may be all that is left of newer ones.
    """
    named = {name for row in rows.read(connection, "deletion") for name in row.said.copies}
    for name in sorted(named & store.names()):
        if connection.execute(select(PhotoRow.number).where(PhotoRow.stored == name).limit(1)).first() is None:
            store.remove(name)
