"""``audit``: walk the records of inspections."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING

from crackxai.commands.terminal import FAILED, OK, answer, answer_json

if TYPE_CHECKING:
    from crackxai.inspection.records.audit import Audit


def audit(args: argparse.Namespace) -> int:
    """Walk the records of inspections, and name the first row that does not fit."""
    from crackxai.inspection.records.audit import audit as walk
    from crackxai.inspection.records.records import open_records

    with open_records(args.db, create=False) as records:
        found = walk(records.database, args.head)
        name = records.database.name
    if args.json:
        answer_json({"records": name, "fits": found.fits, **asdict(found)})
    else:
        for line in _lines(found, name):
            answer(line)
    return OK if found.fits else FAILED


def _lines(found: Audit, name: str) -> list[str]:
    lines = [
        f"records: {name}",
        f"rows that fit: {found.rows}; inspections: {found.inspections}, deleted: {found.deleted}",
    ]
    for each in found.sign_offs:
        state = "valid" if each.voided_by is None else f"voided by row {each.voided_by}"
        lines.append(f"sign-off in row {each.number}, inspection {each.inspection}: {state}")
    if found.unguarded:
        lines.append(
            f"guards that are missing: {', '.join(found.unguarded)}; they refuse changes to rows. Somebody removed "
            "them, or the tables were copied without them"
        )
    if found.misfit is not None:
        misfit = found.misfit
        of = f" ({misfit.kind} of inspection {misfit.inspection})" if misfit.kind else ""
        lines.append(f"row {misfit.number}{of} does not fit: {misfit.why}")
    else:
        lines.append(f"hash of the last row: {found.head}")
    if found.asked is not None:
        lines.append(
            f"the hash that was asked for is that of row {found.found_at}"
            if found.found_at is not None
            else "no row that fits has the hash that was asked for: rows were cut off or made anew, or these are other "
            "records"
        )
    return [*lines, "the records hold" if found.fits else "the records do not hold"]
