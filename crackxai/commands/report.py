"""``report``: hand an inspection over."""

from __future__ import annotations

import argparse

from crackxai.commands.terminal import OK, answer, progress_bar, say
from crackxai.errors import RecordsError, SettingsError

ENDINGS = (".pdf", ".xlsx", ".csv", ".zip")


def report(args: argparse.Namespace) -> int:
    """Hand an inspection over: a PDF to read, tables, or an archive of all that can be checked and imported."""
    from crackxai.files import refuse_taken, write_file, written_whole
    from crackxai.inspection.handover.archive import write_archive
    from crackxai.inspection.handover.pdf import write_pdf
    from crackxai.inspection.handover.spreadsheet import csv_text, write_xlsx
    from crackxai.inspection.handover.subject import Subject
    from crackxai.inspection.records.lookup import find_inspection
    from crackxai.inspection.records.records import open_records
    from crackxai.model.classifier import load_model
    from crackxai.texts import Texts

    ending = args.out.suffix.lower()
    if ending not in ENDINGS:
        raise SettingsError(f"expected a file that ends in {', '.join(ENDINGS)}, received {args.out.name!r}.")
    if not args.force:
        refuse_taken([args.out])
    texts = Texts(args.language)
    with open_records(args.db, create=False) as records:
        found = find_inspection(records, args.inspection)
        if found is None:
            names = ", ".join(row.said.name for row in records.inspections()) or "none"
            raise RecordsError(
                f"expected the name or id of an inspection, received {args.inspection!r}. These are recorded: {names}."
            )
        models = [load_model(args.model)] if ending in (".pdf", ".zip") else []
        subject = Subject.of(records, found.inspection, models, args.made_at)
        count = len(subject.dossier.photos)
        with progress_bar(count, args.out.name, "photo") as progress:
            if ending == ".csv":
                write_file(args.out, csv_text(subject, texts), replace=args.force)
            else:
                with written_whole(args.out, replace=args.force) as beside:
                    if ending == ".xlsx":
                        write_xlsx(subject, beside, texts)
                    elif ending == ".pdf":
                        write_pdf(subject, beside, texts, args.paper, progress)
                    else:
                        write_archive(subject, records, beside, texts, args.paper, not args.without_photos, progress)
    if subject.dossier.signed is None:
        say("nobody has signed this inspection as it stands: what was written says that it is a draft")
    answer(f"{args.out}: {subject.name}, {count} photos, hash of all rows {subject.dossier.covers}")
    return OK
