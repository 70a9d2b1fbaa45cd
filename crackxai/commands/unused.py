"""Files of labelled photos that were not used, told at the end."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from crackxai.commands.terminal import say
from crackxai.photo.folders import told


def list_unused(unreadable: Sequence[tuple[Path, str]], left_out: Sequence[tuple[Path, str]]) -> None:
    """Tell which files are no photos, by reason, and which photos cannot be read, one by one."""
    for line in told(left_out):
        say(line)
    if unreadable:
        say(f"{len(unreadable)} {'photo' if len(unreadable) == 1 else 'photos'} cannot be read:")
    for path, reason in unreadable:
        say(f"  {path}: {reason.removeprefix(f'{path.name}: ')}")
