"""``composites``: photos to train on, made of others."""

from __future__ import annotations

import argparse

from crackxai.commands.origins import make_composites
from crackxai.commands.terminal import OK


def composites(args: argparse.Namespace) -> int:
    """Make photos to train on: cracks laid into other walls, and cracks painted out."""
    make_composites(args)
    return OK
