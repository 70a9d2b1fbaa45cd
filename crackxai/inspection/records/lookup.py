"""An inspection found by what a person calls it."""

from __future__ import annotations

from crackxai.errors import RecordsError
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.records import Records

FEWEST = 6
"""Digits of an inspection's id that are taken for it."""


def find_inspection(records: Records, text: str) -> Stored[Inspection] | None:
    """The inspection of that id, of an id that begins so, or of that name, whatever its case; None where there is none.

    Raises
    ------
    RecordsError : several have that name, or an id that begins so.
    """
    known = records.inspections()
    wanted = text.strip()
    for row in known:
        if row.inspection == wanted:
            return row
    found = [row for row in known if row.said.name.strip() == wanted]
    found = found or [row for row in known if row.said.name.strip().casefold() == wanted.casefold()]
    if not found and len(wanted) >= FEWEST:
        found = [row for row in known if row.inspection.startswith(wanted.lower())]
    if len(found) > 1:
        raise RecordsError(
            f"expected the name of one inspection, received {text!r}, which {len(found)} have. Name it by its id: "
            f"{', '.join(row.inspection for row in found)}."
        )
    return found[0] if found else None
