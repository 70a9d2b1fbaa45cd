"""What the arguments of several commands have in common."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from crackxai.printable import printable

Run = Callable[[argparse.Namespace], int]
"""A command."""
Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


class Parser(argparse.ArgumentParser):
    """Its errors quote what was written: names of files that a pattern stood for, too."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def command(commands: Commands, run: Run, example: str, **kwargs: Any) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        run.__name__.rstrip("_").replace("_", "-"),
        help=run.__doc__,
        description=run.__doc__,
        epilog=f"example:\n  python -m crackxai {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        **kwargs,
    )
    parser.set_defaults(run=run)
    return parser


def add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, help="folder written by train (default: the bundled model)")
    parser.add_argument(
        "--precision",
        choices=("exact", "fast"),
        default="exact",
        help="exact: float32; fast: bfloat16, slightly different probabilities (default: exact)",
    )
    add_runtime(parser)


def add_photos(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "photos",
        nargs="+",
        metavar="PHOTO",
        help="JPEG, PNG, WebP, BMP, TIFF or HEIC, whatever its ending; or a pattern such as 'photos/*.jpg'",
    )


def add_force(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--force", action="store_true", help=f"write over {what} that are there already")


def add_runtime(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runtime",
        choices=("auto", "openvino", "keras"),
        default="auto",
        help="auto: Keras on a GPU, OpenVINO on a CPU (default: auto)",
    )


def positive(text: str) -> int:
    return _at_least(text, 1)


def not_negative(text: str) -> int:
    return _at_least(text, 0)


def _at_least(text: str, low: int) -> int:
    if not text.isdecimal() or int(text) < low:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least {low}, received {text!r}")
    return int(text)
