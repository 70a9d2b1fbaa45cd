"""``mosaics``: large photos of sound walls, to scan."""

from __future__ import annotations

import argparse

from crackxai.commands.origins import make_mosaics
from crackxai.commands.terminal import OK


def mosaics(args: argparse.Namespace) -> int:
    """Lay large photos out of an origin's sound ones, to see how often a scan errs on them."""
    make_mosaics(args)
    return OK
