"""``sanity``: does the map change when the model's weights are randomised?"""

from __future__ import annotations

import argparse
import math

from crackxai.commands.model import load_model
from crackxai.commands.photos import Named
from crackxai.commands.terminal import FAILED, OK, answer, answer_json, progress_bar
from crackxai.explain.methods import METHODS
from crackxai.printable import printable


def sanity(args: argparse.Namespace) -> int:
    """Randomise a model's weights from the top down and tell whether the map changes, as it has to."""
    from crackxai.explain.sanity import ALIKE, depends_on_the_model, sanity_check
    from crackxai.model.randomised import cascade

    settings = METHODS[args.method].make_settings(vars(args))
    photo = Named(args.photo).read()
    model = load_model(args)
    randomised = cascade(args.model, getattr(args, "seed", 0), args.precision, args.runtime)
    steps = []
    if not args.json:
        answer(f"{'randomised down to':20} {'probability':>12} {'rank correlation':>17} {'weight of the map':>18}")
    with progress_bar(settings.max_evals, printable(args.photo)) as progress:
        for step in sanity_check(model, randomised, photo, settings, progress):
            steps.append(step)
            if not args.json:
                alike = "flat" if math.isnan(step.similarity) else f"{step.similarity:.2f}"
                answer(f"{step.part or 'nothing':20} {step.probability:12.1%} {alike:>17} {step.weight:18.2f}")
    good = depends_on_the_model(steps)
    if args.json:
        rows = [
            {
                "part": step.part,
                "probability": step.probability,
                "rank_correlation": None if math.isnan(step.similarity) else step.similarity,
                "weight": None if math.isnan(step.weight) else step.weight,
            }
            for step in steps
        ]
        answer_json({"model": model.fingerprint, "settings": settings.as_dict(), "passed": good, "steps": rows})
    elif good:
        answer("passed: the map of the wholly randomised model is another, or next to nothing")
    else:
        answer(f"failed: the map of the wholly randomised model is alike (rank correlation of {ALIKE:g} or more)")
    return OK if good else FAILED
