"""Who inpaints: OpenCV, until kernels that give the same bytes are ready.

Numba compiles the kernels in seconds and reads them from its cache in a fraction of one, in a background thread; who
knows that nothing else is to be done has them compiled before (`FillBackend.prepare_aside`). As the bytes are the same,
it does not matter to a run when it changes over. Whether they are the same on this computer is tried before; one
difference, or any failure, and OpenCV goes on for good.
"""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

INPAINT_RADIUS = 3
"""Pixels around a hidden one that its fill is taken from; shap's."""
READ_AFTER = 150
"""Pictures in this process before kernels are looked for in the cache: a short run would not earn the import."""
COMPILE_AFTER = 600
"""Pictures before they are compiled where there are none: OpenCV has then taken about the time that compiling takes."""

Picture = NDArray[Any]
Fill = Callable[[Picture, NDArray[np.uint8], int], Picture]
METHODS = (cv2.INPAINT_TELEA, cv2.INPAINT_NS)


def cv2_fill(image: Picture, hidden: NDArray[np.uint8], method: int) -> Picture:
    """(H, W, 3) uint8 and (H, W) uint8, not 0 = hidden -> (H, W, 3) uint8."""
    filled: Picture = cv2.inpaint(image, hidden, INPAINT_RADIUS, method)
    return filled


class FillBackend:
    """Fills pictures, by the quickest that is ready. Can be used from any thread.

    Parameters
    ----------
    read_after, compile_after : as `READ_AFTER` and `COMPILE_AFTER`.
    """

    def __init__(self, read_after: int = READ_AFTER, compile_after: int = COMPILE_AFTER) -> None:
        self._read_after, self._compile_after = read_after, compile_after
        self._compiled: Fill | None = None
        self._by_cv2 = 0
        self._counting, self._preparing = threading.Lock(), threading.Lock()
        self._given_up = False
        atexit.register(self._wait)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forked)

    @property
    def compiled(self) -> bool:
        """Whether the kernels have taken over."""
        return self._compiled is not None

    def fill(self, image: Picture, hidden: NDArray[np.uint8], method: int) -> Picture:
        """(H, W, 3) uint8 and (H, W) uint8, not 0 = hidden -> (H, W, 3) uint8.

        Parameters
        ----------
        method : cv2.INPAINT_TELEA or cv2.INPAINT_NS.
        """
        # Of one row or column OpenCV reads past the row, and nothing can equal that.
        if self._compiled is not None and image.dtype == np.uint8 and min(hidden.shape) > 1:
            return self._compiled(image, hidden, method)
        self._count()
        return cv2_fill(image, hidden, method)

    def prepare(self, may_compile: bool = True) -> bool:
        """Read the kernels from the cache, or compile them, here and now: whether they have taken over.

        Parameters
        ----------
        may_compile : else only what is in the cache is taken.
        """
        with self._preparing:
            if self._compiled is None and not self._given_up:
                try:
                    # Here, since Numba is in no hurry; it may also be missing, or unable to compile on this computer.
                    from crackxai.explain import compiled_fill

                    if may_compile or compiled_fill.is_cached():
                        if equals_cv2(compiled_fill.inpaint):
                            self._compiled = compiled_fill.inpaint
                        else:
                            self._given_up = True
                except Exception:  # whatever it is, there is OpenCV
                    self._given_up = True
        return self.compiled

    def prepare_aside(self) -> bool:
        """As `prepare`, but what is to be compiled is compiled in a process of its own, of low priority: Numba holds
        the interpreter's lock for seconds, in which no page would be answered.

        Where no cache can be written, nothing is compiled: it would be lost with that process.
        """
        try:
            with self._preparing:
                from crackxai.explain import compiled_fill, compiling

                wanted = not (self.compiled or self._given_up or compiled_fill.is_cached())
            if wanted:
                compiling.compile_aside(compiled_fill.__name__)
        except Exception:  # as in `prepare`, which is asked next and finds nothing
            pass
        return self.prepare(may_compile=False)

    def _count(self) -> None:
        with self._counting:
            self._by_cv2 += 1
            due = self._by_cv2 in (self._read_after, self._compile_after) and not self._given_up
            may_compile = self._by_cv2 >= self._compile_after
        if due:
            threading.Thread(target=self.prepare, args=(may_compile,), name="compile the fill", daemon=True).start()

    def _wait(self) -> None:
        """When the process ends: a thread that is ended amid Numba's native code takes the process down with it, and
        its exit status. What has begun takes a second at most, but where it is compiled here."""
        self._given_up = not self.compiled
        with self._preparing:
            pass

    def _forked(self) -> None:
        # A thread that prepared, or held a lock, does not exist in the child.
        self._given_up |= self._preparing.locked() and not self.compiled
        self._counting, self._preparing = threading.Lock(), threading.Lock()


def equals_cv2(fill: Fill) -> bool:
    """Whether it gives OpenCV's bytes, for masks of rectangles, circles and noise, at edges, on noise and on slopes."""
    return all(
        np.array_equal(fill(image, hidden, method), cv2_fill(image, hidden, method))
        for image, hidden in _trials()
        for method in METHODS
    )


def _trials() -> Iterator[tuple[Picture, NDArray[np.uint8]]]:
    rng = np.random.default_rng(0)
    for side, times in ((150, 1), (31, 8), (5, 8)):
        noise = rng.integers(0, 256, (side, side + 1, 3)).astype(np.uint8)
        smooth = cv2.blur(noise, (9, 9))
        for _ in range(times):
            # Round masks and noise: they tell apart what rectangles do not.
            scattered = (rng.random(noise.shape[:2]) < rng.random()).astype(np.uint8)
            discs, boxes = np.zeros_like(scattered), np.ones_like(scattered)
            for _ in range(3):
                centre = tuple(int(n) for n in rng.integers(0, side, 2))
                cv2.circle(discs, centre, int(rng.integers(1, side // 3 + 2)), 1, -1)
                top, left = rng.integers(0, side, 2)
                boxes[top : top + side // 3 + 1, left : left + side // 4 + 1] = 0
            yield noise, scattered
            yield smooth, discs
            yield noise, boxes


backend = FillBackend()
"""Of this process."""
