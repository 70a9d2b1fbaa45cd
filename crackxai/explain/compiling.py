"""How loops over pixels are compiled. Imports Numba, so it is imported late, by `crackxai.explain.fill_backend`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

ASIDE_S = 300
"""Seconds that a process may compile: on a slow computer it takes half a minute."""


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


def compile_aside(module: str) -> None:
    """Call ``compile_kernels`` of ``module`` in a process of its own, and wait; Numba's cache keeps what it made.

    Raises
    ------
    OSError, subprocess.SubprocessError : it could not be started, failed, or took longer than `ASIDE_S`.
    """
    if not sys.executable:
        raise FileNotFoundError("expected to know Python's own program, which this one does not.")
    lower = "hasattr(os, 'nice') and os.nice(10)"
    places = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    subprocess.run(
        [sys.executable, "-c", f"import os; {lower}; from {module} import compile_kernels; compile_kernels()"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=ASIDE_S,
    )
