"""A verdict in words and as a row, the same for every command."""

from __future__ import annotations

from crackxai.model.decision import Verdict
from crackxai.photo import Photo

NAMES = {"crack": "crack", "no-crack": "no crack", "review": "needs review"}
"""For people."""


def rule(threshold: float, band: float) -> str:
    """Threshold and review band in words."""
    low, high = max(0.0, threshold - band), min(1.0, threshold + band)
    return (
        f"a crack from {threshold:.1%}; needs review between {low:.1%} and {high:.1%}, and where there is a "
        "doubt about the photo"
    )


def row(verdict: Verdict) -> dict[str, object]:
    """For a program. ``crack`` is the threshold alone; ``verdict`` the whole rule, with band and doubts."""
    return {
        "probability": verdict.probability,
        "threshold": verdict.threshold,
        "crack": verdict.probability >= verdict.threshold,
        "verdict": verdict.to_record(),
    }


def line(verdict: Verdict, rest: str) -> str:
    """For people."""
    return f"{verdict.probability:7.1%}  {NAMES[verdict.kind]:12}  {rest}"


def remarks(verdict: Verdict, photo: Photo) -> list[str]:
    """Lines below it: what speaks against trusting it, and what was done to the photo."""
    doubts = [f"{'':9}doubt: {doubt.message}" for doubt in verdict.doubts]
    return [*doubts, *(f"{'':9}note: {note}" for note in photo.notes)]
