"""``average``: one model from two that were trained one from the other."""

from __future__ import annotations

import argparse
import dataclasses

from crackxai.commands.terminal import OK, SOME_FAILED
from crackxai.commands.train import refuse_other_files, report_release


def average(args: argparse.Namespace) -> int:
    """Make one model of several: the mean of their weights, fitted to folders of labelled photos."""
    from crackxai.model.averaging import averaged
    from crackxai.model.card import read_card
    from crackxai.model.recipes import FINETUNE
    from crackxai.model.release import average_models
    from crackxai.model.training_data import read_origins

    shares = args.shares or [1.0] * len(args.models)
    if not args.force:
        refuse_other_files(args.out)
    averaged(args.models, shares)  # what cannot be averaged is known before the photos are read
    side = read_card(args.models[0]).network.input_side
    recipe = dataclasses.replace(FINETUNE, phases=((side, 1),), refit=args.refit)
    data = read_origins(args.data, recipe, args.seed, args.without or (), None, dict(args.share or ()))
    release = average_models(data, args.out, args.models, shares, recipe, args.seed, args.name, args.command_line)
    report_release(release)
    return SOME_FAILED if release.unreadable else OK
