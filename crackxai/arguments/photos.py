"""What can be written after the commands that judge and explain photos."""

from __future__ import annotations

import argparse
from pathlib import Path

from crackxai.arguments.common import (
    Commands,
    Run,
    add_force,
    add_model,
    add_photos,
    add_runtime,
    command,
    not_negative,
    positive,
)
from crackxai.explain.maskers import MASKERS, MaskerSettings
from crackxai.explain.methods import METHODS
from crackxai.explain.parameters import Parameter, parameters_of
from crackxai.explain.regions import REGIONS, USUAL
from crackxai.explain.truth import WIDENED


def predict(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "predict wall.jpg floor.heic --json")
    add_photos(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_model(parser)


def explain(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "explain wall.jpg --masker blur --blur-kernel 25 --max-evals 1000 --out maps")
    add_photos(parser)
    _add_settings(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where NAME.explanation.png, .npz and .json go (default: a new folder: explanations, or explanations-2, "
        "...)",
    )
    add_force(parser, "results in DIR")
    parser.add_argument(
        "--faithful",
        action="store_true",
        help="test whether the map is true to the model: hide its parts in its order and in random orders",
    )
    parser.add_argument(
        "--fill",
        choices=list(MASKERS),
        help="second fill of that test (default: mean; for maps filled by mean: inpaint_telea)",
    )
    parser.add_argument(
        "--orders", type=positive, default=20, metavar="N", help="random orders of that test, 1-100 (default: 20)"
    )
    _add_truth(parser, "or a folder with NAME.png for each photo")
    parser.add_argument(
        "--widen",
        type=not_negative,
        default=WIDENED,
        metavar="N",
        help=f"pixels of the network's picture by which the crack is widened each way, 0-50 (default: {WIDENED})",
    )
    parser.add_argument("--json", action="store_true", help="print the records as JSON")
    add_model(parser)


def _add_truth(parser: argparse.ArgumentParser, more: str) -> None:
    parser.add_argument(
        "--truth",
        type=Path,
        metavar="MASK",
        help=f"tell how the map lies on the true crack: a PNG of the photo's size with the crack in white, {more}",
    )


def scan(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "scan facade.jpg --explain 3 --out scans")
    add_photos(parser)
    parser.add_argument(
        "--finest",
        type=float,
        metavar="N",
        help="pixels of the photo in one of the network's on the finest scale, 0.5-64 (default: 1.5)",
    )
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help="score from which a finding counts, 0-1 (default: by the model's card, the more tiles the higher)",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--mm-per-pixel", type=float, metavar="X", help="millimetres of the wall in a pixel of the photo")
    size.add_argument(
        "--marker",
        type=float,
        metavar="MM",
        help="each photo shows the marker that the command marker prints, with a black square of MM millimetres",
    )
    parser.add_argument(
        "--explain",
        type=not_negative,
        default=0,
        metavar="K",
        help="make SHAP maps of the K best findings (default: 0)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where NAME.scan.png, .csv, .npz and .json go (default: a new folder: scans, or scans-2, ...)",
    )
    add_force(parser, "results in DIR")
    parser.add_argument("--json", action="store_true", help="print the records as JSON")
    add_model(parser)


def marker(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "marker --out marker.pdf")
    parser.add_argument("--mm", type=float, default=50.0, metavar="MM", help="side of the black square (default: 50)")
    parser.add_argument("--number", type=not_negative, default=0, metavar="N", help="which of 587 (default: 0)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the PDF")
    add_force(parser, "a file")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    """What can be set of any method and masker; `crackxai.explain.methods.Method.make_settings` takes what is its."""
    first = next(iter(METHODS))
    parser.add_argument(
        "--method", choices=list(METHODS), default=first, help=f"how it is explained (default: {first})"
    )
    # What is not given is the method's own default, which need not be the first method's.
    given = argparse.SUPPRESS
    fills = ", ".join(f"{name} ({each.about})" for name, each in MASKERS.items())
    usual = MaskerSettings().masker
    parser.add_argument(
        "--masker",
        choices=list(MASKERS),
        default=given,
        help=f"how hidden parts are filled in: {fills} (default: {usual})",
    )
    trees = ", ".join(f"{name} ({each.about})" for name, each in REGIONS.items())
    others = [f"; {name} for {method}" for method, name in _trees().items() if name != USUAL]
    parser.add_argument(
        "--regions",
        choices=list(REGIONS),
        default=given,
        help=f"which parts of the picture are hidden together: {trees} (default: {USUAL}{''.join(others)})",
    )
    for each in _parameters():
        # A seed may be any of four thousand million numbers.
        span = "" if each.high > 10**6 else f", {each.low}-{each.high}"
        parser.add_argument(
            each.option,
            type=int,
            default=given,
            metavar="N",
            help=f"{each.help}{span} (default: {each.default})",
        )


def _trees() -> dict[str, str]:
    """The regions that each method takes by default, of those that have a choice."""
    made = {name: method.make_settings({}) for name, method in METHODS.items() if "regions" in method.fields}
    return {name: settings.as_dict()["regions"] for name, settings in made.items()}


def _parameters() -> list[Parameter]:
    """Of all methods, each once."""
    return list({each.name: each for method in METHODS.values() for each in parameters_of(method.settings)}.values())


def sanity(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "sanity wall.jpg --masker blur --max-evals 200")
    parser.add_argument("photo", metavar="PHOTO", help="to explain, with a trained and with randomised models")
    _add_settings(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_model(parser)


def verify(commands: Commands, run: Run) -> None:
    example = "verify maps/wall.explanation.json wall.jpg\n  python -m crackxai verify bridge.zip --maps 3"
    parser = command(commands, run, example)
    parser.add_argument(
        "record",
        type=Path,
        metavar="RECORD",
        help="the .json that explain or the page wrote; or the .zip that was handed over, without PHOTO",
    )
    parser.add_argument("photo", metavar="PHOTO", nargs="?", help="the photo it is of")
    parser.add_argument(
        "--maps",
        type=not_negative,
        default=2,
        metavar="N",
        help="of an archive with photos: so many of its maps are made again (default: 2)",
    )
    _add_truth(parser, "for a record that tells so")
    parser.add_argument("--model", type=Path, help="folder of the recorded model (default: the bundled model)")
    add_runtime(parser)
