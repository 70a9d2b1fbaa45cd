"""``verify``: make a recorded map again and compare; check an archive."""

from __future__ import annotations

import argparse

from crackxai.commands.photos import Named
from crackxai.commands.terminal import FAILED, OK, answer, progress_bar
from crackxai.commands.verify_archive import verify_archive


def verify(args: argparse.Namespace) -> int:
    """Make a recorded map again and tell whether it is the same; or check an archive that was handed over."""
    import zipfile

    from crackxai.errors import SettingsError

    if args.photo is None:
        if args.record.suffix.lower() != ".zip" and not zipfile.is_zipfile(args.record):
            raise SettingsError(
                f"{args.record}: expected the photo that the record is of, received none. Name it behind the record; "
                "an archive that was handed over (.zip) needs none."
            )
        return verify_archive(args)
    from crackxai.explain.record import read_record
    from crackxai.explain.truth import read_truth
    from crackxai.explain.verify import verify as run
    from crackxai.model.classifier import load_model

    record = read_record(args.record)
    photo = Named(args.photo).read()
    truth = None if args.truth is None else read_truth(args.truth)
    model = load_model(args.model, record.load_precision, args.runtime)
    with progress_bar(record.evaluations, args.photo) as progress:
        found = run(record, model, photo, progress, truth)
    for line in str(found).splitlines():
        answer(line)
    return OK if found.succeeded else FAILED
