"""``import``: an inspection that was handed over, into these records."""

from __future__ import annotations

import argparse

from crackxai.commands.terminal import OK, answer, progress_bar, say


def import_(args: argparse.Namespace) -> int:
    """Check an archive that was handed over, and put its inspection into these records."""
    from crackxai.inspection.handover.importing import import_archive
    from crackxai.inspection.records.records import open_records

    with open_records(args.db) as records:
        with progress_bar(1, args.archive.name, "file") as progress:
            found = import_archive(records, args.archive, progress)
        copies = records.store.keeps
    if found.without:
        where = "" if copies else "; these records have no folder for copies"
        say(f"photos whose files are not here: {found.without}{where}")
    manifest = found.checked.manifest
    answer(f"{manifest.name}: imported as {found.row.inspection}, {manifest.rows} rows, {found.copies} photos copied")
    for each in found.checked.sign_offs:
        state = "valid" if each.voided_by is None else "void"
        answer(f"signed there by {each.said.who} on {each.written_at} ({state}); here nobody has signed it yet")
    return OK
