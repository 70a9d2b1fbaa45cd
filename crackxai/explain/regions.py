"""The region trees that can be chosen: which groups of pixels are asked for together.

A tree is added here: a class with what `RegionTree` asks for, and an entry in `REGIONS`. The command line, the pages,
links, records and captions follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.explain.dark_lines import dark_lines
from crackxai.explain.line_tree import LineTree
from crackxai.explain.owen import Tree
from crackxai.explain.partition import PictureTree


class RegionTree(Tree[Any], Protocol):
    """A `Tree` over the pixels of an (H, W, C) picture, or over their channels.

    ``masks`` are (N, H, W) or (N, H, W, C), as maskers take them; ``spread`` is (H, W, C) float64.
    """

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex), equal only for equal trees of pictures of one size; "" where the size alone makes the tree."""

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""


@dataclass(frozen=True)
class RegionsEntry:
    """A tree that can be chosen.

    Attributes
    ----------
    name : in settings, links and records. title : in figures. about : for the command line.
    make : from the picture, (H, W, C) uint8, RGB.
    """

    name: str
    title: str
    about: str
    make: Callable[[NDArray[np.uint8]], RegionTree]


REGIONS: dict[str, RegionsEntry] = {
    entry.name: entry
    for entry in (
        RegionsEntry("grid", "grid", "halves of the picture, shap's", lambda picture: PictureTree(picture.shape)),
        RegionsEntry(
            "picture",
            "following the picture",
            "dark lines apart from the rest, then halves of both",
            lambda picture: LineTree(dark_lines(picture), picture.shape[2]),
        ),
    )
}
"""By name, in the order in which they are offered; the first is what is meant where none is named. Texts:
``regions.NAME`` and ``regions-words.NAME`` of the catalogues."""
USUAL = next(iter(REGIONS))
PREFERRED = "picture"
"""What pages begin with: on real cracks its maps lie on more of the crack, and what they find red takes the probability
away sooner, at 30 evaluations as at 500 (benchmarks/README.md). Settings and the command line begin with `USUAL`, whose
maps are shap's."""


def check_regions(name: object) -> None:
    """SettingsError: there is no tree of that name."""
    if not isinstance(name, str) or name not in REGIONS:
        raise SettingsError(f"expected regions to be one of {', '.join(REGIONS)}, received {name!r:.80}.")
