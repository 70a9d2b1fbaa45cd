"""The inspection that a command names: there already, or begun now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

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
    """The inspection of that name or id, see `find_inspection`; one that is not there is begun.

    Parameters
    ----------
    particulars : what is said of it; where something else is recorded, it is said anew.

    Raises
    ------
    RecordsError : several have that name, or the particulars cannot be recorded.
    """
    from crackxai.inspection.records.facts import Inspection
    from crackxai.inspection.records.lookup import find_inspection

    # In one transaction, so that two commands at once do not begin two of a name.
    with records.together():
        found = find_inspection(records, name)
        if found is None:
            return Named(records.add_inspection(Inspection(name, **particulars)), begun=True)
        said = replace(found.said, **particulars)
        if said == found.said:
            return Named(found)
        return Named(records.edit_inspection(found.inspection, said), edited=True)
