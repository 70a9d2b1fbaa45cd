"""What can be written after the commands on inspections."""

from __future__ import annotations

from crackxai.arguments.common import Commands, Run, add_model, command, not_negative
from crackxai.arguments.records import add_records
from crackxai.commands.named_inspection import PARTICULARS


def inspect(commands: Commands, run: Run) -> None:
    parser = command(
        commands,
        run,
        "inspect photos --inspection 'Bridge 7, spring' --element 'pier 2' --explain-worst 10\n"
        "  python -m crackxai inspect photos.zip --inspection 'Bridge 7, spring' --scan\n"
        "  python -m crackxai inspect s3://bridges/bridge-7 --inspection 'Bridge 7, spring'",
    )
    parser.add_argument(
        "source",
        metavar="FOLDER|ZIP|URI",
        help="all photos in it and below; what is none is told. A URI: s3://bucket/prefix, "
        "s3://bucket/photos.zip, or of another store",
    )
    parser.add_argument(
        "--inspection",
        required=True,
        metavar="NAME",
        help="into which inspection: its name or its id; one that is not there is begun",
    )
    for name, what in PARTICULARS.items():
        parser.add_argument(f"--{name}", metavar="TEXT", help=what)
    parser.add_argument("--scan", action="store_true", help="scan each photo tile by tile (default: judge it whole)")
    parser.add_argument(
        "--explain-worst",
        type=not_negative,
        default=0,
        metavar="K",
        help="make SHAP maps of the K most suspicious photos of the inspection (default: 0)",
    )
    parser.add_argument(
        "--copy",
        action="store_true",
        help="keep copies beside the records; of photos out of a ZIP they are kept anyway",
    )
    parser.add_argument(
        "--ray",
        metavar="auto|HOST:PORT",
        help="judge and explain on a Ray cluster that this computer is a node of; auto: the one that is found, else "
        "this computer's cores (needs crackxai[ray])",
    )
    parser.add_argument(
        "--ray-workers",
        type=not_negative,
        default=0,
        metavar="N",
        help="workers on each node of it (default: one for each GPU, else one for each core)",
    )
    add_records(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_model(parser)


def inspections(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "inspections --json")
    add_records(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
