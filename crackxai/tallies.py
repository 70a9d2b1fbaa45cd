"""What this process has done since it began, counted: for whoever looks after a server. Used by every room.

Counting costs next to nothing and goes on always; only an owner who asks for it is told (`crackxai.ui.watching`).
"""

from __future__ import annotations

import logging
import threading
from typing import Literal

Name = Literal["evaluations", "judged", "decisions", "errors"]
"""Pictures that the network was asked for; photos whose answers were computed and recorded; decisions recorded; errors
in the log."""
_counts: dict[Name, int] = {"evaluations": 0, "judged": 0, "decisions": 0, "errors": 0}
_lock = threading.Lock()


def count(name: Name, more: int = 1) -> None:
    """So many more of it, from any thread."""
    with _lock:
        _counts[name] += more


def counts() -> dict[Name, int]:
    """Of each, so far."""
    with _lock:
        return dict(_counts)


class CountErrors(logging.Handler):
    """Counts what loggers tell as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        count("errors")
