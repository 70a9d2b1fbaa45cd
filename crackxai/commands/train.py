"""``train``: a model from folders of labelled photos."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from crackxai.commands.origins import are_origins, print_origins
from crackxai.commands.terminal import OK, SOME_FAILED, answer, say
from crackxai.commands.unused import list_unused
from crackxai.errors import OutputError

if TYPE_CHECKING:
    from crackxai.model.recipes import Recipe
    from crackxai.model.release import Release


def train(args: argparse.Namespace) -> int:
    """Train a model on folders of labelled photos."""
    from crackxai.model.classifier import BUNDLED
    from crackxai.model.recipes import RECIPES
    from crackxai.model.release import train_model
    from crackxai.model.training import network_to_train
    from crackxai.model.training_data import read_origins, read_source

    usual = "scratch" if args.weights == "none" else "finetune" if Path(args.weights or "").is_dir() else "notebook"
    name = args.recipe or (usual if args.weights else "notebook")
    start = args.weights or {"notebook": "imagenet", "scratch": "none", "finetune": str(BUNDLED)}[name]
    weights = None if start == "none" else start
    recipe = adjusted(RECIPES[name], args)
    if not args.force:
        refuse_other_files(args.out)
    network_to_train(recipe, weights)  # what cannot be trained is known before the photos are read
    if are_origins(args.data):
        data = read_origins(args.data, recipe, args.seed, args.without or (), args.pictures, dict(args.share or ()))
    else:
        data = read_source(args.data[0], recipe, args.seed, args.source or str(args.data[0]))
    for twin in data.duplicates:
        say(f"not trained on, since it is {twin.first} again: {twin.second}")
    release = train_model(data, args.out, recipe, weights, args.seed, args.name, args.command_line, args.workers)
    report_release(release)
    return SOME_FAILED if release.unreadable else OK


def report_release(release: Release) -> None:
    """Print what was made, its figures, and the photos that could not be used."""
    for part, figures in release.figures.items():
        answer(f"{part}: accuracy {figures.accuracy:.4f}, AUC {figures.auc:.4f}, threshold {figures.threshold:.3f}")
    for part, origins in release.origins.items():
        answer()
        answer(f"{part}, by origin:")
        print_origins(origins)
    answer(f"model written to {release.folder}; use it with --model {release.folder}")
    list_unused(release.unreadable, release.left_out)


def adjusted(recipe: Recipe, args: argparse.Namespace) -> Recipe:
    """The recipe with what was given on the command line."""
    names = ("phases", "batch_size", "learning_rate", "validation_fraction", "refit", "strength")
    given = {name: getattr(args, name) for name in names}
    return dataclasses.replace(recipe, **{name: value for name, value in given.items() if value is not None})


def refuse_other_files(out: Path) -> None:
    """A folder with files is written to where they are of a run that is gone on with."""
    files = [path for path in out.iterdir() if not path.name.startswith(".")] if out.is_dir() else []
    if files and not (out / "checkpoint").is_dir():
        raise OutputError(
            f"{out}: expected a new or empty folder, or that of an interrupted run, received one with other files. "
            "Give another --out, or write over what is there with --force."
        )
