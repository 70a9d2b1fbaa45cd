"""``marker``: the sheet that tells a photo's scale."""

from __future__ import annotations

import argparse

from crackxai.commands.terminal import OK, answer
from crackxai.files import write_file
from crackxai.inspection.marker_sheet import marker_sheet


def marker(args: argparse.Namespace) -> int:
    """Make a PDF to print and put on the wall, for lengths in millimetres."""
    write_file(args.out, marker_sheet(args.mm, args.number), args.force)
    answer(args.out)
    return OK
