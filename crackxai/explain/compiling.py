"""How loops over pixels are compiled. Imports Numba, so it is imported late, by `crackxai.explain.fill_backend`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def helper(function: Kernel) -> Kernel:
    """A part of kernels, compiled into them."""
    # Without fastmath: the order of additions decides equality. NumPy's error model, as a check for zero before each
    # division would keep loops from being vectorised.
    made: Kernel = njit(nogil=True, error_model="numpy")(function)
    return made


def kernel(function: Kernel) -> Kernel:
    """Compiled at its first call, which works without the interpreter's lock, or read from Numba's cache.

    Numba keeps its cache beside the module, or else in the user's cache folder. Where neither can be written, a kernel
    is compiled in each process.
    """
    try:
        made: Kernel = njit(nogil=True, error_model="numpy", cache=True)(function)
    except RuntimeError:  # no place for a cache
        return helper(function)
    return made
