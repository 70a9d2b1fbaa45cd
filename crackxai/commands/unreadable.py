"""Files of a data set that were left out, told one a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crackxai.commands.terminal import say


def list_unreadable(unreadable: Sequence[tuple[Path, str]]) -> None:
    """Which, and why."""
    if unreadable:
        say(f"{len(unreadable)} files were skipped:")
    for path, reason in unreadable:
        say(f"  {path}: {reason}")
