"""The model that a command asks for."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


def load_model(args: argparse.Namespace) -> CrackModel:
    """By ``--model``, ``--precision`` and ``--runtime``."""
    from crackxai.model import classifier

    return classifier.load_model(args.model, args.precision, args.runtime)
