"""When a front arrives, drawn by hand."""

from __future__ import annotations

import numpy as np

from crackxai.explain.fast_marching import FAR, march


def test_from_one_pixel():
    known = np.pad(np.zeros((3, 4), dtype=np.uint8), 1, constant_values=1)
    times = np.full(known.shape, FAR)
    known[2, 2], times[2, 2] = 1, 0
    order, following = np.empty((2, known.size), dtype=np.int32)
    reached = march(known.ravel(), times.ravel(), np.array([14], dtype=np.int32), order, following, 6)
    diagonal = 1 + np.sqrt(0.5)
    # Two steps along a row, then one down: (d + 2 + sqrt(2 - (2 - d)^2)) / 2.
    knight = (diagonal + 2 + np.sqrt(2 - (2 - diagonal) ** 2)) / 2
    expected = [[diagonal, 1, diagonal, knight], [1, 0, 1, 2], [diagonal, 1, diagonal, knight]]
    np.testing.assert_allclose(times[1:-1, 1:-1], expected, rtol=1e-6)
    assert known.all()
    # Of equal times the first that was pushed goes first: up, left, down, right, and so their neighbours.
    assert order[:reached].tolist() == [8, 13, 20, 15, 7, 9, 19, 21, 16, 10, 22]


def test_nowhere_to_go():
    known = np.ones(25, dtype=np.uint8)
    order, following = np.empty((2, 25), dtype=np.int32)
    assert march(known, np.zeros(25, dtype=np.float32), np.array([12], dtype=np.int32), order, following, 5) == 0
    assert march(known, np.zeros(25, dtype=np.float32), np.array([], dtype=np.int32), order, following, 5) == 0
