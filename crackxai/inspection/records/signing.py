"""Sign-offs: who answers for an inspection as it was, and whether it is still that."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import Connection

from crackxai.errors import Message, RecordsError
from crackxai.inspection.records import rows
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.facts import SignOff
from crackxai.inspection.records.tables import SignOffRow


@dataclass(frozen=True)
class SignOffState:
    """A sign-off, and the first row of the inspection written after it; further sign-offs leave it valid."""

    row: Stored[SignOff]
    voided_by: int | None

    @property
    def valid(self) -> bool:
        """Whether nothing was written since but sign-offs."""
        return self.voided_by is None


def sign_off(
    connection: Connection, inspection: str, who: str, remarks: str, seen: str | None, missing: tuple[str, ...]
) -> SignOff:
    """What is recorded. Raises RecordsError where the inspection is not what ``seen`` covers."""
    covers = rows.cover(connection, inspection)
    if seen is not None and seen != covers.hash:
        raise RecordsError(
            Message(
                "records-error.sign-stale",
                "expected the inspection as it was looked at, received one that was written to "
                "since. Look at what is new, and sign again.",
            )
        )
    return SignOff(who, covers.rows, covers.hash, remarks, missing)


def sign_offs(connection: Connection, inspection: str) -> tuple[SignOffState, ...]:
    """All, in order."""
    chain = rows.chain_of(connection, inspection)
    edits = [row.number for row in chain if row.kind != "sign-off"]
    return tuple(
        SignOffState(row, next((number for number in edits if number > row.number), None))
        for row in rows.read(connection, "sign-off", SignOffRow.inspection == inspection)
    )


def version(connection: Connection, inspection: str) -> int:
    """From 1 on; one more for each first row after a sign-off."""
    signed = [row.kind == "sign-off" for row in rows.chain_of(connection, inspection)]
    return 1 + sum(before and not after for before, after in pairwise(signed))
