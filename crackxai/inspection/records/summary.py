"""All inspections at a glance, without reading what was said of their photos."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from crackxai.inspection.records.tables import DecisionRow, Entry, PhotoRow, SignOffRow


@dataclass(frozen=True)
class Summary:
    """An inspection in numbers.

    Attributes
    ----------
    photos : how many. decided : on how many of these, or on a part of them, somebody decided.
    version : see `Records.version`. signed : whether a sign-off holds.
    """

    photos: int = 0
    decided: int = 0
    version: int = 1
    signed: bool = False


def summaries(connection: Connection) -> dict[str, Summary]:
    """Of each inspection that has photos or was signed, by its name in the records."""
    photos, decided = (
        {
            str(row[0]): int(row[1])
            for row in connection.execute(
                select(table.inspection, func.count(func.distinct(table.sha256))).group_by(table.inspection)
            )
        }
        for table in (PhotoRow, DecisionRow)
    )
    versions: Counter[str] = Counter()
    signed: dict[str, bool] = {}
    sign_offs = select(SignOffRow.inspection, SignOffRow.number).order_by(SignOffRow.number)
    for inspection, number in connection.execute(sign_offs).all():
        after = select(Entry.kind).where(Entry.inspection == inspection, Entry.number > number)
        following = connection.execute(after.order_by(Entry.number).limit(1)).scalar()
        versions[inspection] += following not in (None, "sign-off")
        signed[inspection] = following is None
    return {
        name: Summary(photos.get(name, 0), decided.get(name, 0), 1 + versions[name], signed.get(name, False))
        for name in photos.keys() | signed.keys()
    }
