"""How loops over pixels are compiled. Imports Numba, so it is imported late, by `crackxai.explain.fill_backend`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def helper(function: Kernel) -> Kernel:
    """A part of kernels, compiled into them."""
    # Without fastmath: the order of additions decides equality. NumPy's error model, as a check for zero before each
    # division would keep loops from being vectorised.
    return cast("Kernel", njit(nogil=True, error_model="numpy")(function))


def kernel(function: Kernel) -> Kernel:
    """Compiled at its first call, which works without the interpreter's lock, or read from Numba's cache.

    Numba keeps its cache beside the module, or else in the user's cache folder. Where neither can be written, a kernel
    is compiled in each process.
    """
    try:
        return cast("Kernel", njit(nogil=True, error_model="numpy", cache=True)(function))
    except RuntimeError:  # no place for a cache
        return helper(function)


def is_cached(*kernels: Any) -> bool:
    """Whether Numba seems to have them in its cache: an index newer than the source, by what it calls its files.

    Told wrongly, it only changes how soon they are compiled.
    """
    python = f"py{sys.version_info.major}{sys.version_info.minor}"
    for each in kernels:
        source, folder = Path(each.py_func.__code__.co_filename), each.stats.cache_path
        if folder is None:
            return False
        indices = Path(folder).glob(f"{source.stem}.{each.__name__}-*.{python}*.nbi")
        if not any(index.stat().st_mtime >= source.stat().st_mtime for index in indices):
            return False
    return True
