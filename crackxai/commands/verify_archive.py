"""``verify`` of an archive that was handed over."""

from __future__ import annotations

import argparse

from crackxai.commands.terminal import FAILED, OK, answer, progress_bar
from crackxai.errors import RecordsError


def verify_archive(args: argparse.Namespace) -> int:
    """Follow every hash of an archive, make a sample of its maps again, and tell the first thing that does not fit."""
    from crackxai.inspection.handover.again import make_again
    from crackxai.inspection.handover.check import check_archive
    from crackxai.model.classifier import load_model

    try:
        with progress_bar(1, args.record.name, "file") as progress:
            found = check_archive(args.record, progress)
    except RecordsError as error:
        answer(f"does not fit: {error}")
        return FAILED
    manifest = found.manifest
    answer(f"{manifest.name}: {manifest.program}, made {manifest.made_at}")
    answer(f"files that are as they were handed over: {len(manifest.files)}; photos: {len(found.photos)}")
    if manifest.left_out:
        answer(f"photos that are not in it, as its manifest says: {len(manifest.left_out)}")
    answer(f"rows that fit: {manifest.rows}; hash of all rows: {manifest.covers}")
    for each in found.sign_offs:
        state = "valid" if each.voided_by is None else f"voided by row {each.voided_by}"
        answer(f"signed by {each.said.who} on {each.written_at} over the hash {each.said.covers}: {state}")
    if not found.sign_offs:
        answer("nobody has signed it")
    fits = True
    maps = sum(row.kind == "explanation" for row in found.given)
    if args.maps and maps and found.photos:
        model = load_model(args.model, "exact", args.runtime)
        with progress_bar(1, "maps made again") as progress:
            again = list(make_again(args.record, found, model, args.maps, progress))
        for made in again:
            told = made.why if made.found is None else made.found.sentence
            kind = "cannot be made again here" if made.found is None else "made again"
            answer(f"map of row {made.row} ({made.photo}) {kind}: {told}")
            for line in () if made.found is None else made.found.differences:
                answer(f"  {line}")
            fits = fits and made.fits
        answer(f"maps made again: {sum(each.found is not None for each in again)} of {maps}")
    else:
        answer(f"maps made again: 0 of {maps}")
    answer(
        "it fits. What this cannot show is an archive whose hashes were all computed anew: compare the hash of all "
        "rows with the one on the paper report, or ask the records that it is from (audit --head)"
        if fits
        else "it does not fit: a map is not what the model gives"
    )
    return OK if fits else FAILED
