"""The inspection that a command names: there already, or begun now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crackxai.errors import RecordsError

if TYPE_CHECKING:
    from crackxai.inspection.records.contents import Stored
    from crackxai.inspection.records.facts import Inspection
    from crackxai.inspection.records.records import Records

PARTICULARS = {
    "structure": "such as 'Bridge 7'",
    "element": "of the structure, such as 'pier 2'",
    "place": "where it stands",
    "date": "of the visit, YYYY-MM-DD",
    "inspector": "who was there",
}
"""Of an inspection, beside its name."""


class Named(NamedTuple):
    """An inspection. begun, edited : whether it was begun now, or its particulars were said anew."""

    row: Stored[Inspection]
    begun: bool = False
    edited: bool = False


def find_or_begin(records: Records, name: str, particulars: Mapping[str, str]) -> Named:
    """The inspection of that id or name; one that is not there is begun.

    Parameters
    ----------
    particulars : what is said of it; where something else is recorded, it is said anew.

    Raises
    ------
    RecordsError : several have that name, or the particulars cannot be recorded.
    """
    from crackxai.inspection.records.facts import Inspection

    # In one transaction, so that two commands at once do not begin two of a name.
    with records.together():
        there = records.inspections()
        found = [row for row in there if row.inspection == name] or [row for row in there if row.said.name == name]
        if len(found) > 1:
            ids = ", ".join(row.inspection for row in found)
            raise RecordsError(
                f"expected the name of one inspection, received {name!r}, which {len(found)} have. Give the id of one "
                f"of them instead: {ids}."
            )
        if not found:
            return Named(records.add_inspection(Inspection(name, **particulars)), begun=True)
        said = replace(found[0].said, **particulars)
        if said == found[0].said:
            return Named(found[0])
        return Named(records.edit_inspection(found[0].inspection, said), edited=True)
