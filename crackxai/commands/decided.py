"""``decided``: photos that people settled, as a folder to train and evaluate on."""

from __future__ import annotations

import argparse

from crackxai.commands.terminal import OK, SOME_FAILED, answer, answer_json, say
from crackxai.printable import printable


def decided(args: argparse.Namespace) -> int:
    """Photos that people settled as a folder for train and evaluate, and how the machine had fared on them."""
    from crackxai.inspection.decided_folder import write_decided
    from crackxai.inspection.records.records import open_records
    from crackxai.inspection.settled import cost_found, read_settled
    from crackxai.model.dataset import CLASSES

    with open_records(args.db, create=False) as records:
        photos = read_settled(records, args.inspection or None)
        written = write_decided(args.out, photos, records.store)
    found = cost_found(photos)
    if args.json:
        counts = [
            {"part": part, "label": CLASSES[label], "pictures": count}
            for (part, label), count in sorted(written.counts.items())
        ]
        answer_json(
            {
                "folder": str(args.out),
                "pictures": counts,
                "structures_apart": written.grouped,
                "left_out": [{"photo": name, "reason": why} for name, why in written.left_out],
                "machine": vars(found),
            }
        )
    else:
        for (part, label), count in sorted(written.counts.items()):
            answer(f"{args.out / part / CLASSES[label]}: {count} pictures")
        answer(
            f"of {found.cracked} cracked photos the machine had missed {found.missed}, of {found.sound} sound ones it "
            f"had flagged {found.flagged}; {found.reviewed_cracked + found.reviewed_sound} had gone to review"
        )
        for line in _apart(written.grouped, bool(written.counts.keys() - {("", 0), ("", 1)})):
            answer(line)
    for name, why in written.left_out:
        say(f"{printable(name)}: left out: {printable(why)}")
    return SOME_FAILED if written.left_out else OK


def _apart(grouped: bool, divided: bool) -> list[str]:
    if grouped:
        return ["no structure is in two of train, val and test"]
    if divided:
        return [
            "there are too few structures to hold whole ones apart: photos of one structure are in train and in test, "
            "so that figures flatter"
        ]
    return ["there are too few photos to hold any apart: evaluate on others"]
