"""``verify``: make a recorded map again and compare."""

from __future__ import annotations

import argparse

from crackxai.commands.photos import Named
from crackxai.commands.terminal import FAILED, OK, answer, progress_bar


def verify(args: argparse.Namespace) -> int:
    """Make a recorded map again and tell whether it is the same."""
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
