"""What can be written after ``benchmark-maps``."""

from __future__ import annotations

import argparse
from pathlib import Path

from crackxai.arguments.common import Commands, Run, add_force, add_model, command, not_negative, positive
from crackxai.explain.maskers import MASKERS
from crackxai.explain.methods import METHODS
from crackxai.explain.truth import WIDENED


def benchmark_maps(commands: Commands, run: Run) -> None:
    parser = command(
        commands,
        run,
        "benchmark-maps photos --maskers inpaint_telea blur --budgets 100 500 --photos 20 --csv maps.csv",
    )
    parser.add_argument(
        "data",
        type=Path,
        metavar="FOLDER",
        help="photos, with masks of their cracks in masks/NAME.png where there are any; or origins, as for evaluate",
    )
    first = next(iter(METHODS))
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=list(METHODS),
        default=[first],
        metavar="METHOD",
        help=f"methods to compare, of {', '.join(METHODS)} (default: {first})",
    )
    parser.add_argument(
        "--maskers",
        nargs="+",
        choices=list(MASKERS),
        default=list(MASKERS),
        metavar="MASKER",
        help=f"fills to compare, of {', '.join(MASKERS)} (default: all)",
    )
    parser.add_argument(
        "--budgets",
        nargs="+",
        type=positive,
        default=[100, 500],
        metavar="N",
        help="model evaluations to compare, read from one run (default: 100 500)",
    )
    parser.add_argument(
        "--vary",
        nargs="+",
        type=_choice,
        default=[],
        metavar="NAME=V,V",
        help="other settings of a map to compare, such as regions=grid,picture or blur_kernel=15,31",
    )
    parser.add_argument(
        "--fill",
        choices=list(MASKERS),
        default="mean",
        help="by which all maps are tested, beside their own (default: mean)",
    )
    parser.add_argument(
        "--orders", type=positive, default=5, metavar="N", help="random orders for each map, 1-100 (default: 5)"
    )
    parser.add_argument(
        "--photos", type=positive, metavar="N", help="as many, drawn by --seed from the folder (default: all)"
    )
    parser.add_argument("--seed", type=not_negative, default=0, metavar="N", help="of what is drawn (default: 0)")
    parser.add_argument(
        "--widen",
        type=not_negative,
        default=WIDENED,
        metavar="N",
        help=f"pixels of the network's picture by which cracks of masks are widened, 0-50 (default: {WIDENED})",
    )
    parser.add_argument("--part", choices=("train", "val", "test"), default="val", help="of origins (default: val)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write a row for each map of each photo")
    add_force(parser, "FILE")
    parser.add_argument("--json", action="store_true", help="print JSON, with the figures of each photo")
    add_model(parser)


def _choice(text: str) -> tuple[str, tuple[int | str, ...]]:
    name, sign, values = text.partition("=")
    chosen = tuple(value for value in values.split(",") if value)
    if not (name and sign and chosen):
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE,VALUE such as blur_kernel=15,31, received {text!r}")
    return name.replace("-", "_"), tuple(int(value) if value.isdecimal() else value for value in chosen)
