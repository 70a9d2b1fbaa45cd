"""Forking this process, so that the new one shares all that was read into memory."""

from __future__ import annotations

import contextlib
import multiprocessing
import warnings
from collections.abc import Iterator

import cv2


def can_fork() -> bool:
    """Whether this system does: Linux and macOS, not Windows."""
    return "fork" in multiprocessing.get_all_start_methods()


@contextlib.contextmanager
def forking() -> Iterator[None]:
    """Around what forks: only the calling thread lives on in the new process, so no other may be waited for there.

    OpenCV's threads are ended before, since it would wait for them. Python warns of any that it sees; NumPy's are there
    from its import on, and are idle.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        cv2.setNumThreads(threads)
