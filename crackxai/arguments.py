"""What can be written after ``python -m crackxai``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from crackxai import __version__
from crackxai.explain.maskers import MASKERS, MaskerSettings
from crackxai.explain.methods import METHODS
from crackxai.explain.parameters import Parameter, parameters_of
from crackxai.printable import printable

Run = Callable[[argparse.Namespace], int]
"""A command."""
Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"


def parse(arguments: Sequence[str], *runs: Run) -> argparse.Namespace:
    """What was written, by name; each of ``runs`` is named after its command and lands in ``run``."""
    parser = _parser(*runs)
    args, others = parser.parse_known_args(arguments)
    if others and not hasattr(args, "options"):
        parser.error(
            f"unrecognized arguments: {' '.join(others)} (a file whose name begins with a dash: ./{others[0]})"
        )
    args.options = others
    return args


class _Parser(argparse.ArgumentParser):
    """Its errors quote what was written: names of files that a pattern stood for, too."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def _parser(*runs: Run) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m crackxai",
        description="Crack probability of photos of concrete, and SHAP maps of why. The browser version: "
        "python -m crackxai ui",
        epilog="Exit status: 0 all done; 1 some photos could not be used, the rest is done; 2 nothing was done.",
    )
    parser.add_argument("--version", action="version", version=f"crackxai {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for run in runs:
        _ARGUMENTS[run.__name__](commands, run)
    return parser


def _command(commands: Commands, run: Run, example: str, **kwargs: Any) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        run.__name__,
        help=run.__doc__,
        description=run.__doc__,
        epilog=f"example:\n  python -m crackxai {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        **kwargs,
    )
    parser.set_defaults(run=run)
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, help="folder written by train (default: the bundled model)")
    parser.add_argument(
        "--precision",
        choices=("exact", "fast"),
        default="exact",
        help="exact: float32; fast: bfloat16, slightly different probabilities (default: exact)",
    )
    _add_runtime(parser)


def _add_photos(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "photos",
        nargs="+",
        metavar="PHOTO",
        help="JPEG, PNG, WebP, BMP, TIFF or HEIC, whatever its ending; or a pattern such as 'photos/*.jpg'",
    )


def _add_force(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--force", action="store_true", help=f"write over {what} that are there already")


def _add_runtime(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--runtime",
        choices=("auto", "openvino", "keras"),
        default="auto",
        help="auto: Keras on a GPU, OpenVINO on a CPU (default: auto)",
    )


def _predict(commands: Commands, run: Run) -> None:
    parser = _command(commands, run, "predict wall.jpg floor.heic --json")
    _add_photos(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    _add_model(parser)


def _explain(commands: Commands, run: Run) -> None:
    parser = _command(commands, run, "explain wall.jpg --masker blur --blur-kernel 25 --max-evals 1000 --out maps")
    _add_photos(parser)
    _add_settings(parser)
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where NAME.explanation.png, .npz and .json go (default: a new folder: explanations, or explanations-2, "
        "...)",
    )
    _add_force(parser, "results in DIR")
    parser.add_argument("--json", action="store_true", help="print the records as JSON")
    _add_model(parser)


def _add_settings(parser: argparse.ArgumentParser) -> None:
    """What can be set of any method and masker; `crackxai.explain.methods.Method.make_settings` takes what is its."""
    first = next(iter(METHODS))
    parser.add_argument(
        "--method", choices=list(METHODS), default=first, help=f"how it is explained (default: {first})"
    )
    fills = ", ".join(f"{name} ({each.about})" for name, each in MASKERS.items())
    usual = MaskerSettings().masker
    parser.add_argument(
        "--masker",
        choices=list(MASKERS),
        default=usual,
        help=f"how hidden parts are filled in: {fills} (default: {usual})",
    )
    for each in _parameters():
        # A seed may be any of four thousand million numbers.
        span = "" if each.high > 10**6 else f", {each.low}-{each.high}"
        parser.add_argument(
            each.option,
            type=int,
            default=each.default,
            metavar="N",
            help=f"{each.help}{span} (default: {each.default})",
        )


def _parameters() -> list[Parameter]:
    """Of all methods, each once."""
    return list({each.name: each for method in METHODS.values() for each in parameters_of(method.settings)}.values())


def _verify(commands: Commands, run: Run) -> None:
    parser = _command(commands, run, "verify maps/wall.explanation.json wall.jpg")
    parser.add_argument("record", type=Path, metavar="RECORD", help="the .json that explain or the page wrote")
    parser.add_argument("photo", metavar="PHOTO", help="the photo it is of")
    parser.add_argument("--model", type=Path, help="folder of the recorded model (default: the bundled model)")
    _add_runtime(parser)


def _measure(commands: Commands, run: Run) -> None:
    parser = _command(commands, run, "measure photos --model my-model")
    parser.add_argument(
        "data",
        type=Path,
        nargs="+",
        metavar="DATA",
        help="folder with train/ and test/ or val/, or origins, as for train",
    )
    parser.add_argument("--model", type=Path, help="folder written by train (default: the bundled model)")
    parser.add_argument("--maps", type=_positive, default=12, metavar="N", help="maps to compare (default: 12)")
    _add_runtime(parser)


def _train(commands: Commands, run: Run) -> None:
    parser = _command(
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
    _add_force(parser, "other files in DIR")
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


def _crossvalidate(commands: Commands, run: Run) -> None:
    parser = _command(
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
    parser.add_argument("--validation-fraction", type=float, metavar="X", help="split off where there is no val/")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument(
        "--pictures", type=_positive, metavar="N", help="windows of origins an epoch (default: as many as photos)"
    )
    parser.add_argument(
        "--share",
        type=_share,
        nargs="+",
        metavar="ORIGIN=N",
        help="that are trained on as N origins would be, such as the one that is inspected most (default: all as 1)",
    )


def _evaluate(commands: Commands, run: Run) -> None:
    parser = _command(commands, run, "evaluate photos/test --json\n  python -m crackxai evaluate origins --part val")
    parser.add_argument(
        "data",
        type=Path,
        nargs="+",
        metavar="DATA",
        help="folder with Positive/ and Negative/; or origins, as for train, which are told apart",
    )
    parser.add_argument("--part", choices=("train", "val", "test"), default="val", help="of origins (default: val)")
    parser.add_argument("--show", type=int, default=20, metavar="N", help="mistakes to list (default: 20)")
    parser.add_argument("--json", action="store_true", help="print JSON, with all mistakes")
    _add_model(parser)


def _composites(commands: Commands, run: Run) -> None:
    parser = _command(commands, run, "composites origins --out made/composites --count 2000")
    parser.add_argument("data", type=Path, nargs="+", metavar="ORIGIN", help="origins, as for train; some with masks")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="new folder: an origin to train on")
    parser.add_argument("--count", type=_positive, default=1000, metavar="N", help="photos (default: 1000)")
    parser.add_argument("--seed", type=_not_negative, default=0, metavar="N")


def _samples(commands: Commands, run: Run) -> None:
    parser = _command(
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
    _add_force(parser, "files in DIR")
    parser.add_argument("--count", type=_positive, default=8, metavar="N")
    parser.add_argument("--seed", type=_not_negative, default=0, metavar="N")


def _ui(commands: Commands, run: Run) -> None:
    parser = _command(commands, run, "ui --port 8502")
    parser.usage = f"{parser.prog} [-h] [--port N] [--address HOST] [--no-browser] [STREAMLIT OPTIONS]"
    parser.description = (
        "Start the dashboard and open it in the browser. Other options go to streamlit run, such as "
        "--server.baseUrlPath cracks; streamlit run --help lists them."
    )
    parser.add_argument("--port", type=_positive, metavar="N", help="(default: 8501, or the next that is free)")
    parser.add_argument(
        "--address",
        metavar="HOST",
        help="where it answers (default: localhost, on this computer only; read the README before you give 0.0.0.0)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.set_defaults(options=())


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
    return name, _positive(count)


def _positive(text: str) -> int:
    return _at_least(text, 1)


def _not_negative(text: str) -> int:
    return _at_least(text, 0)


def _at_least(text: str, low: int) -> int:
    if not text.isdecimal() or int(text) < low:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least {low}, received {text!r}")
    return int(text)


_ARGUMENTS = {
    "predict": _predict,
    "explain": _explain,
    "verify": _verify,
    "train": _train,
    "crossvalidate": _crossvalidate,
    "evaluate": _evaluate,
    "measure": _measure,
    "samples": _samples,
    "composites": _composites,
    "ui": _ui,
}
