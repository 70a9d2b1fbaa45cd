"""Which unions of regions Kernel SHAP asks for, one after another, and what each of them weighs.

A coalition of s of M players has the weight (M - 1) / (C(M, s) s (M - s)) in the regression whose solution is the
Shapley values (Lundberg and Lee, "A Unified Approach to Interpreting Model Predictions", NIPS 2017, theorem 2), so that
all coalitions of one size together have (M - 1) / (s (M - s)).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np
from numpy.typing import NDArray


def size_weights(players: int) -> NDArray[np.float64]:
    """(M - 1,): of the sizes 1 to M - 1, what all coalitions of the size weigh together."""
    sizes = np.arange(1, players)
    return (players - 1) / (sizes * (players - sizes))


def coalitions(players: int, seed: int) -> Iterator[NDArray[np.bool_]]:
    """(M,) bool each, True = present: all but the empty and the full one, every one once, in one order for a seed.

    Each is followed by its complement (Covert and Lee, "Improving KernelSHAP", AISTATS 2021, section 4.2: the errors
    that interactions make cancel out in a pair). First come all single players, in a drawn order, since they weigh
    most; then sizes are drawn by what they weigh, and of the size a coalition that was not there before.
    """
    random = np.random.default_rng(seed)
    seen: set[bytes] = set()
    left = np.array([_pairs(players, size) for size in range(1, players // 2 + 1)], dtype=np.float64)
    mass = size_weights(players)[: len(left)] * np.where(2 * np.arange(1, len(left) + 1) == players, 1, 2)

    def pair(members: NDArray[np.int_]) -> list[NDArray[np.bool_]]:
        """The coalition and its complement; nothing where they were there before."""
        drawn = np.zeros(players, dtype=bool)
        drawn[members] = True
        both = [drawn, ~drawn]
        # A pair is known by the one without the first player.
        key = both[int(drawn[0])].tobytes()
        if key in seen:
            return []
        seen.add(key)
        left[min(len(members), players - len(members)) - 1] -= 1
        return both

    for single in random.permutation(players) if players > 1 else ():
        yield from pair(np.array([single]))
    while left.any():
        wanted = mass * (left > 0)
        size = 1 + int(random.choice(len(left), p=wanted / wanted.sum()))
        yield from pair(random.choice(players, size, replace=False))


def _pairs(players: int, size: int) -> int:
    """Coalitions of the size and their complements, in pairs."""
    return comb(players, size) // (2 if 2 * size == players else 1)


def weights(asked: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(N,): of the coalitions that were asked for, (N, M), each once.

    What a size weighs is shared in equal parts by those of it: where a size is there as a whole that is its exact
    weight, and shap's for what it enumerates.
    """
    sizes = asked.sum(axis=1)
    count = np.bincount(sizes, minlength=asked.shape[1])
    shared: NDArray[np.float64] = size_weights(asked.shape[1])[sizes - 1] / count[sizes]
    return shared
