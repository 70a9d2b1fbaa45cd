"""``crossvalidate``: what models make of the origins that they were not trained on."""

from __future__ import annotations

import argparse

from crackxai.commands.origins import print_origins
from crackxai.commands.terminal import OK, SOME_FAILED, answer, say
from crackxai.commands.train import adjusted
from crackxai.commands.unused import list_unused
from crackxai.errors import DataError


def crossvalidate(args: argparse.Namespace) -> int:
    """Train short models, each without some origins, and judge them on those."""
    from crackxai.model.calibration import DEFAULT_BAND
    from crackxai.model.card import read_card
    from crackxai.model.classifier import BUNDLED
    from crackxai.model.cross_validation import cross_validate, groups_of
    from crackxai.model.left_out import Answers
    from crackxai.model.origins import find_origins
    from crackxai.model.recipes import FINETUNE
    from crackxai.model.release import record_left_out
    from crackxai.model.training import network_to_train
    from crackxai.model.training_data import read_parts

    recipe = adjusted(FINETUNE, args)
    start = args.weights or BUNDLED
    network_to_train(recipe, str(start))  # what cannot be trained is known before the photos are read
    origins = find_origins(args.data)
    known = {name.removeprefix("origin ") for name in read_card(start).data if name.startswith("origin ")}
    asked = {name for group in args.leave or () for name in group}
    if seen := sorted(known & (asked or {origin.name for origin in origins})):
        raise DataError(
            f"expected a start that saw none of what is left out, received one trained on {', '.join(seen)}. Give "
            "another --weights, or leave out others."
        )
    band = read_card(args.model).band if args.model else DEFAULT_BAND
    parts = read_parts(origins, recipe.validation_fraction, args.seed)
    groups = args.leave or groups_of(parts.train)
    found = []
    for group in groups:
        say(f"without {' and '.join(group)}:")
        found += cross_validate(
            origins,
            parts,
            [group],
            recipe,
            args.out,
            str(start),
            args.seed,
            args.pictures,
            dict(args.share or ()),
            args.workers,
        )
        answer(f"trained without {' and '.join(group)}: balanced accuracy {found[-1].balanced_accuracy:.3f}")
        print_origins(found[-1].figures)
    doubted = Answers.join([each.answers for each in found]).mistakes_doubted(band)
    answer(f"mean balanced accuracy of {len(found)}: {sum(each.balanced_accuracy for each in found) / len(found):.3f}")
    if doubted is not None:
        answer(f"confident mistakes that are doubted, where 5 % of the confident right answers are: {doubted:.2f}")
    if args.model is not None:
        facts = {
            "weights": read_card(start).name if args.weights is None else str(args.weights),
            "pictures": args.pictures or "all",
            "seed": args.seed,
            "command": args.command_line,
        }
        record_left_out(args.model, found, recipe, facts)
        answer(f"written to {args.model}")
    every = (*parts.train, *parts.validation, *parts.test)
    unreadable = [item for part in every for item in part.unreadable]
    list_unused(unreadable, [item for part in every for item in part.left_out])
    return SOME_FAILED if unreadable else OK
