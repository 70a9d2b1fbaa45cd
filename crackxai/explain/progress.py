"""Telling how far an explanation is, and stopping it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called before the first model evaluation and after each batch of them, in the explaining thread.

    Raising `crackxai.errors.Cancelled` stops the explanation there; it reaches the caller of `explain`.
    """

    def __call__(self, evaluations: int, total: int) -> None:
        """``evaluations`` done of about ``total``."""


def counted(evaluations: int) -> str:
    """ "1 evaluation", "500 evaluations": for figures and the command line."""
    return f"{evaluations} evaluation{'' if evaluations == 1 else 's'}"


def silent(evaluations: int, total: int) -> None:
    """The progress of those who do not want any."""
