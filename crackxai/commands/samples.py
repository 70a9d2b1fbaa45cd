"""``samples``: photos to try it with."""

from __future__ import annotations

import argparse

from crackxai.commands.terminal import OK, answer


def samples(args: argparse.Namespace) -> int:
    """Draw sample photos with their crack masks, or photos to train on."""
    from crackxai.samples import write_samples
    from crackxai.samples.training_set import write_hard

    if args.hard:
        write_hard(args.out, args.count, args.seed)
        answer(args.out)
        return OK
    for path in write_samples(args.out, args.count, args.seed, args.force):
        answer(path)
    return OK
