"""Memory that is free again, back to the operating system. Knows no Streamlit."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Hand what was freed to the system, where the C library keeps it for itself: glibc, on Linux.

    Photos of some megabytes come and go between small objects that stay, and glibc returns nothing from between those
    of its own accord (malloc_trim(3)). Takes some milliseconds.
    """
    if sys.platform != "linux":
        return
    # Another C library, such as musl, has no such function and needs none.
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
