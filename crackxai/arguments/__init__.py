"""What can be written after ``python -m crackxai``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from crackxai import __version__
from crackxai.arguments import inspections, map_benchmark, models, photos, records
from crackxai.arguments.common import Commands, Parser, Run, command, positive


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


def _parser(*runs: Run) -> argparse.ArgumentParser:
    parser = Parser(
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


def _ui(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "ui --port 8502")
    parser.usage = f"{parser.prog} [-h] [--port N] [--address HOST] [--no-browser] [STREAMLIT OPTIONS]"
    parser.description = (
        "Start the dashboard and open it in the browser. Other options go to streamlit run, such as "
        "--server.baseUrlPath cracks; streamlit run --help lists them."
    )
    parser.add_argument("--port", type=positive, metavar="N", help="(default: 8501, or the next that is free)")
    parser.add_argument(
        "--address",
        metavar="HOST",
        help="where it answers (default: localhost, on this computer only; read the README before you give 0.0.0.0)",
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.set_defaults(options=())


_ARGUMENTS = {
    "predict": photos.predict,
    "explain": photos.explain,
    "scan": photos.scan,
    "marker": photos.marker,
    "verify": photos.verify,
    "sanity": photos.sanity,
    "audit": records.audit,
    "inspect": inspections.inspect,
    "inspections": inspections.inspections,
    "decided": records.decided,
    "report": records.report,
    "import_": records.import_,
    "people": records.people,
    "train": models.train,
    "average": models.average,
    "crossvalidate": models.crossvalidate,
    "evaluate": models.evaluate,
    "measure": models.measure,
    "benchmark_maps": map_benchmark.benchmark_maps,
    "samples": models.samples,
    "composites": models.composites,
    "mosaics": models.mosaics,
    "ui": _ui,
}
