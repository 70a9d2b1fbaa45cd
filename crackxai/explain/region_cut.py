"""A region tree cut into a given number of regions, for methods that ask for unions of few regions."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.explain.parameters import parameter
from crackxai.explain.regions import RegionTree


def parts_parameter() -> Any:
    """``parts``, one declaration for all methods that cut the picture's tree."""
    return parameter(
        40,
        6,  # fewer have fewer unions than the smallest budget
        200,
        help="regions that the picture is cut into",
        offered=range(10, 201, 10),
        caption="{0} regions",
        asked=True,
    )


def cut(tree: RegionTree, parts: int) -> tuple[list[object], NDArray[np.int_]]:
    """Regions that together are the picture, and of each pixel the number of its own.

    Generation by generation, in the tree's order: the region that has waited longest is halved, until there are
    ``parts`` or single players alone. A tree that tells lines from the ground first so gives as many regions to the
    lines, however small they are, as to the ground; halving the largest first would give them none of their own.

    Returns
    -------
    The tree's nodes, in the order in which they were found, and (H, W) or (H, W, C) int, as the tree's masks are.
    """
    if parts < 1:
        raise SettingsError(f"expected at least 1 region, received {parts}.")
    waiting: deque[object] = deque([tree.root])
    whole: list[object] = []
    while waiting and len(waiting) + len(whole) < parts:
        region = waiting.popleft()
        halves = tree.halves(region)
        if halves is None:
            whole.append(region)
        else:
            waiting.extend(halves)
    regions = [*whole, *waiting]
    masks = tree.masks([(region, None) for region in regions])
    return regions, masks.argmax(axis=0)
