"""``inspections``: which there are, and how far each is."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from crackxai.commands.terminal import OK, answer, answer_json

if TYPE_CHECKING:
    from crackxai.inspection.dossier import Dossier


def inspections(args: argparse.Namespace) -> int:
    """List the inspections on record, with their ids."""
    from crackxai.inspection.dossier import read_dossier
    from crackxai.inspection.records.records import open_records

    with open_records(args.db, create=False) as records:
        found = [_row(read_dossier(records, row.inspection)) for row in records.inspections()]
        name = records.database.name
    if args.json:
        answer_json({"records": name, "inspections": found})
        return OK
    for row in found:
        signed = f"signed by {row['signed']['who']} on {row['signed']['at'][:10]}" if row["signed"] else "not signed"
        answer(f"{row['id']}  {row['name']}: {row['photos']} photos, {row['decided']} decided, {signed}")
    if not found:
        answer(f"{name}: no inspection yet. Begin one: python -m crackxai inspect FOLDER --inspection NAME")
    return OK


def _row(dossier: Dossier) -> dict[str, Any]:
    facts, signed = dossier.facts.said, dossier.signed
    return {
        "id": dossier.id,
        "name": facts.name,
        "structure": facts.structure,
        "element": facts.element,
        "place": facts.place,
        "date": facts.date,
        "inspector": facts.inspector,
        "photos": len(dossier.photos),
        "decided": sum(each.decided is not None for each in dossier.photos),
        "version": dossier.version,
        "signed": None if signed is None else {"who": signed.row.said.who, "at": signed.row.written_at},
    }
