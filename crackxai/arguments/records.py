"""What can be written after the commands on records of inspections."""

from __future__ import annotations

import argparse
import datetime
import re
from pathlib import Path

from crackxai.arguments.common import Commands, Run, add_force, command
from crackxai.inspection.records.roles import ROLES
from crackxai.texts import DEFAULT, LANGUAGES


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


def report(commands: Commands, run: Run) -> None:
    parser = command(
        commands,
        run,
        "report 'Bridge 7, spring' --out bridge.pdf\n"
        "  python -m crackxai report 'Bridge 7, spring' --out bridge.zip --language zh-Hant",
    )
    parser.add_argument("inspection", metavar="NAME|ID", help="name of the inspection, or its id in the records")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="what to write: .pdf, .xlsx, .csv, or .zip with all"
    )
    add_records(parser)
    parser.add_argument("--paper", choices=("a4", "letter"), default="a4", help="of the PDF (default: a4)")
    parser.add_argument("--language", choices=tuple(LANGUAGES), default=DEFAULT, help="(default: en)")
    parser.add_argument(
        "--without-photos", action="store_true", help="leave the photos out of the .zip; its maps cannot be made again"
    )
    parser.add_argument("--model", type=Path, help="folder of the model that judged (default: the bundled model)")
    parser.add_argument(
        "--made-at",
        type=_moment,
        metavar="TIME",
        help="date of the file, ISO 8601 with its zone: files of one inspection and one date are equal (default: now)",
    )
    add_force(parser, "a file")


def import_(commands: Commands, run: Run) -> None:
    parser = command(commands, run, "import bridge.zip\n  python -m crackxai import bridge.zip --db records.sqlite")
    parser.add_argument("archive", type=Path, metavar="ARCHIVE", help="the .zip that report wrote")
    add_records(parser)


def people(commands: Commands, run: Run) -> None:
    parser = command(
        commands,
        run,
        "people\n  python -m crackxai people grant ada@example.org administrator\n"
        "  python -m crackxai people revoke ada@example.org",
    )
    do = parser.add_subparsers(dest="do", metavar="list|grant|revoke", title="what to do (default: list)")
    parser.set_defaults(do="list", role=None, json=False)
    listing = do.add_parser("list", help="who has logged in, and which role each has")
    listing.add_argument("--json", action="store_true", help="print JSON")
    grant = do.add_parser("grant", help="give a person a role, in place of the one before")
    revoke = do.add_parser("revoke", help="take a person's role; who has none sees nothing")
    for each in (grant, revoke):
        each.add_argument("who", metavar="WHO", help="as the list has it: name, address, subject, or account")
    grant.add_argument("role", choices=tuple(ROLES), metavar="ROLE", help=", ".join(ROLES))
    for each in (grant, revoke):
        each.add_argument(
            "--issuer",
            metavar="URL",
            help="of the provider, for somebody who has not logged in yet; WHO is the subject",
        )
    for each in (parser, listing, grant, revoke):
        # Whichever of them it is written after; none undoes what was written before.
        add_records(each, default=None if each is parser else argparse.SUPPRESS)


def add_records(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    parser.add_argument(
        "--db",
        default=default,
        metavar="FILE|URL",
        help="the records: a file, or postgresql://user@host/name (default: CRACKXAI_DB, else a file in the user's "
        "data folder)",
    )


def _moment(text: str) -> str:
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise argparse.ArgumentTypeError(
            f"expected a time with its zone, such as 2026-03-01T10:00:00+08:00, received {text!r}"
        )
    return moment.isoformat(timespec="seconds")


def _hash(text: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError(f"expected a hash of 64 hexadecimal digits, received {text!r}")
    return text.lower()
