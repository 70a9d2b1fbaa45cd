"""What can be written after the commands that make models and measure them."""

from __future__ import annotations

import argparse
import math
from pathlib import Path

from crackxai.arguments.common import (
    Commands,
    Run,
    add_force,
    add_model,
    add_runtime,
    command,
    not_negative,
    positive,
)


def train(commands: Commands, run: Run) -> None:
    parser = command(
        commands,
        run,
        "train photos/ --out my-model\n  python -m crackxai train photos/ "
        "--recipe scratch --weights none --phases 64x8,96x3,150x1.5 --out my-model",
    )
    parser.add_argument(
        "data",
        type=Path,
        nargs="+",
        metavar="DATA",
        help="folder with Positive/ (cracked) and Negative/ (sound), or with train/, val/ and test/ of that layout; or "
        "origins: folders of such folders, where there may be masks/NAME.png of Positive/NAME.jpg",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="model folder; an interrupted run goes on"
    )
    add_force(parser, "other files in DIR")
    parser.add_argument(
        "--recipe",
        choices=("notebook", "scratch", "finetune"),
        help="notebook: frozen ImageNet backbone, 3 epochs; scratch: train the whole network; finetune: train a whole "
        "trained network a little further (default: what suits --weights)",
    )
    parser.add_argument(
        "--weights",
        metavar="imagenet|none|FILE|DIR",
        help="where it starts: imagenet is downloaded once by Keras, FILE holds a backbone's weights, DIR is a model "
        "folder (default: imagenet; scratch: none; finetune: the bundled model)",
    )
    _add_training(parser)
    parser.add_argument("--name", default="ResNet50 crack classifier", help="for the model card")
    parser.add_argument(
        "--source", help="where the photos come from, for the model card; of an origin its source.json says it"
    )
    parser.add_argument("--without", nargs="+", metavar="ORIGIN", help="names of origins to leave out of everything")


def average(commands: Commands, run: Run) -> None:
    parser = command(
        commands, run, "average origins --models my-model first-model --shares 0.75 0.25 --refit 10000 --out averaged"
    )
    parser.add_argument("data", type=Path, nargs="+", metavar="DATA", help="origins, as for train")
    parser.add_argument(
        "--models",
        type=Path,
        nargs="+",
        required=True,
        metavar="DIR",
        help="model folders, one trained on from another",
    )
    parser.add_argument("--shares", type=float, nargs="+", metavar="X", help="of each model (default: all the same)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="model folder")
    add_force(parser, "other files in DIR")
    parser.add_argument(
        "--refit",
        type=positive,
        default=10000,
        metavar="N",
        help="pictures as they are, without augmentation, that the last unit is fitted anew to (default: 10000)",
    )
    _add_share(parser)
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--name", default="ResNet50 crack classifier", help="for the model card")
    parser.add_argument("--without", nargs="+", metavar="ORIGIN", help="names of origins to leave out of everything")


def crossvalidate(commands: Commands, run: Run) -> None:
    parser = command(
        commands, run, "crossvalidate origins --out runs --phases 96x1,150x0.2 --pictures 8000 --model my-model"
    )
    parser.add_argument("data", type=Path, nargs="+", metavar="DATA", help="origins, as for train; without composites")
    parser.add_argument(
        "--leave",
        type=lambda text: tuple(text.split("+")),
        nargs="+",
        metavar="ORIGIN[+ORIGIN]",
        help="what to leave out in turn (default: each origin with photos of both labels, and pairs of the others)",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="for the runs; those that ended are kept"
    )
    parser.add_argument(
        "--weights", type=Path, metavar="DIR", help="model folder to start from, which saw none of what is left out "
        "(default: the bundled model)",
    )  # fmt: skip
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="write the figures on the card of this model folder, too"
    )
    _add_training(parser)


def _add_training(parser: argparse.ArgumentParser) -> None:
    """How a network is trained, of `train` and `crossvalidate`."""
    parser.add_argument("--phases", type=_phases, metavar="SIDExEPOCHS,...", help="picture sizes and epochs in order")
    parser.add_argument("--batch-size", type=int, metavar="N")
    parser.add_argument("--learning-rate", type=float, metavar="X")
    parser.add_argument("--strength", type=float, metavar="X", help="of the augmentation, 0 to 1")
    parser.add_argument(
        "--workers",
        type=not_negative,
        default=0,
        metavar="N",
        help="processes that draw the pictures, which a GPU needs: one for each core (Linux and macOS; default: none)",
    )
    parser.add_argument("--validation-fraction", type=float, metavar="X", help="split off where there is no val/")
    parser.add_argument(
        "--refit",
        type=not_negative,
        metavar="N",
        help="in the end, fit the last unit anew to N pictures as they are, without augmentation (default: 0, do not)",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--pictures", type=positive, metavar="N", help="windows of origins an epoch (default: as many as photos)"
    )
    _add_share(parser)


def _add_share(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--share",
        type=_share,
        nargs="+",
        metavar="ORIGIN=N",
        help="that are trained on as N origins would be, such as the one that is inspected most (default: all as 1)",
    )


def evaluate(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "evaluate photos/test --json\n  python -m crackxai evaluate origins --part val")
    parser.add_argument(
        "data",
        type=Path,
        nargs="+",
        metavar="DATA",
        help="folder with Positive/ and Negative/; or origins, as for train, which are told apart",
    )
    parser.add_argument("--part", choices=("train", "val", "test"), default="val", help="of origins (default: val)")
    parser.add_argument(
        "--scan",
        action="store_true",
        help="scan whole photos, at their own size: findings in sound ones, and what is found of the cracks, by score",
    )
    parser.add_argument(
        "--keep", action="store_true", help="with --scan: keep the figures in the model folder, for the Model page"
    )
    parser.add_argument("--show", type=int, default=20, metavar="N", help="mistakes to list (default: 20)")
    parser.add_argument(
        "--sheet", type=Path, metavar="FILE", help="write those mistakes as a PNG, as the network saw them"
    )
    add_force(parser, "FILE")
    parser.add_argument("--json", action="store_true", help="print JSON, with all mistakes")
    add_model(parser)


def measure(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "measure photos --model my-model")
    parser.add_argument(
        "data",
        type=Path,
        nargs="+",
        metavar="DATA",
        help="folder with train/ and test/ or val/, or origins, as for train",
    )
    parser.add_argument("--model", type=Path, help="folder written by train (default: the bundled model)")
    parser.add_argument("--maps", type=positive, default=12, metavar="N", help="maps to compare (default: 12)")
    add_runtime(parser)


def composites(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "composites origins --out made/composites --count 2000")
    parser.add_argument("data", type=Path, nargs="+", metavar="ORIGIN", help="origins, as for train; some with masks")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="new folder: an origin to train on")
    parser.add_argument("--count", type=positive, default=1000, metavar="N", help="photos (default: 1000)")
    parser.add_argument("--seed", type=not_negative, default=0, metavar="N")


def mosaics(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "mosaics origins/walls --out made/large --count 8")
    parser.add_argument("data", type=Path, metavar="ORIGIN", help="one origin with sound photos")
    parser.add_argument("--part", choices=("train", "val", "test"), default="val", help="of it (default: val)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="new folder: an origin to scan")
    parser.add_argument("--count", type=positive, default=8, metavar="N", help="photos (default: 8)")
    parser.add_argument("--megapixels", type=_megapixels, default=12.0, metavar="X", help="of each (default: 12)")
    parser.add_argument("--seed", type=not_negative, default=0, metavar="N")


def _megapixels(text: str) -> float:
    """0.01 to 100."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.01 <= value <= 100:
        raise argparse.ArgumentTypeError(f"expected 0.01 to 100 megapixels, received {text}")
    return value


def samples(commands: Commands, run: Run) -> None:
    parser = command(
        commands,
        run,
        "samples --out samples --count 8 --seed 0\n  python -m crackxai samples --hard --out made/drawn --count 2000",
    )
    parser.add_argument(
        "--hard",
        action="store_true",
        help="an origin to train on: sound photos with what looks like a crack, and cracks that are hard to see",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    add_force(parser, "files in DIR")
    parser.add_argument("--count", type=positive, default=8, metavar="N")
    parser.add_argument("--seed", type=not_negative, default=0, metavar="N")


def _phases(text: str) -> tuple[tuple[int, float], ...]:
    try:
        pairs = [part.split("x") for part in text.split(",")]
        return tuple((int(side), float(epochs)) for side, epochs in pairs)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected SIDExEPOCHS,... such as 64x6,150x1, received {text!r}") from error


def _share(text: str) -> tuple[str, int]:
    name, sign, count = text.rpartition("=")
    if not (name and sign):
        raise argparse.ArgumentTypeError(f"expected ORIGIN=N such as walls=2, received {text!r}")
    return name, positive(count)
