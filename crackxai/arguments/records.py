"""What can be written after the commands on records of inspections."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from crackxai.arguments.common import Commands, Run, command


def audit(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "audit\n  python -m crackxai audit --db records.sqlite --json")
    add_records(parser)
    parser.add_argument(
        "--head",
        type=_hash,
        metavar="HASH",
        help="a row's hash that was written down before, such as the last one then: fails where no row has it",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def decided(commands: Commands, run: Run) -> None:
    parser = command(
        commands, run, "decided --out decided\n  python -m crackxai train decided --recipe finetune --out own"
    )
    parser.add_argument(
        "--inspection",
        action="append",
        metavar="ID",
        help="of this one alone; may be given several times (default: all)",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new or empty folder")
    add_records(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_records(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--db",
        metavar="FILE|URL",
        help="the records: a file, or postgresql://user@host/name (default: CRACKXAI_DB, else a file in the user's "
        "data folder)",
    )


def _hash(text: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError(f"expected a hash of 64 hexadecimal digits, received {text!r}")
    return text.lower()
