"""The worst mistakes on one picture, as the network saw them: what a table of figures cannot tell."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from crackxai.commands.terminal import say
from crackxai.files import write_file
from crackxai.model.evaluation import Mistake
from crackxai.png import png

ACROSS = 8
"""Pictures beside each other."""
WORDS = 34
"""Pixels below each for two lines."""
LETTERS = 22
"""Of a name, its last ones."""


def write_sheet(args: argparse.Namespace, cases: Iterable[tuple[NDArray[np.uint8], Mistake]]) -> None:
    """Write the file that ``--sheet`` names, if it does, of as many mistakes as ``--show`` says, the worst first."""
    if args.sheet is None:
        return
    worst = sorted(cases, key=lambda case: -abs(case[1].probability - case[1].cracked))[: args.show]
    if worst:
        write_file(args.sheet, sheet(worst), args.force)
        say(f"the worst {len(worst)} mistakes: {args.sheet}")
    else:
        say("no mistakes, and so no sheet of them")


def sheet(cases: Sequence[tuple[NDArray[np.uint8], Mistake]]) -> bytes:
    """A PNG file of the mistakes in their order, each with what the model said, what is true, and its name.

    Parameters
    ----------
    cases : picture, (side, side, 3) uint8, RGB, and mistake; at least one.
    """
    side = cases[0][0].shape[0]
    cells = [_cell(picture, mistake, side) for picture, mistake in cases]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % ACROSS)
    rows = [np.hstack(cells[start : start + ACROSS]) for start in range(0, len(cells), ACROSS)]
    return png(np.vstack(rows))


def _cell(picture: NDArray[np.uint8], mistake: Mistake, side: int) -> NDArray[np.uint8]:
    cell = np.full((side + WORDS, side + 4, 3), 255, dtype=np.uint8)
    cell[:side, :side] = picture
    # OpenCV's letters are those of ASCII.
    name = Path(mistake.path).stem[-LETTERS:].encode("ascii", "replace").decode()
    told = f"{mistake.probability:.1%}, {'cracked' if mistake.cracked else 'sound'}"
    for line, text in enumerate((told, name)):
        place = 1, side + 12 + 15 * line
        cv2.putText(cell, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.36, (0, 0, 0), 1, cv2.LINE_AA)
    return cell
