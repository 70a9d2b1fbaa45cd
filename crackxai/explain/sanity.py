"""Does a map depend on what the model has learnt? With its weights randomised from the top down it has to change.

J. Adebayo et al., "Sanity Checks for Saliency Maps", NeurIPS 2018. A map that stays the same tells of the photo,
or of the fill, not of the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crackxai.explain.agreement import rank_correlation
from crackxai.explain.methods import explain
from crackxai.explain.progress import Progress
from crackxai.explain.settings import MethodSettings
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

ALIKE = 0.5
"""Rank correlation from which a map of a model that is randomised in all its parts is called too much alike ..."""
FAINT = 0.1
"""... if it has this share of the trained model's weight: random weights still answer to edges a little."""


@dataclass(frozen=True)
class SanityStep:
    """The map of the model with some of its weights randomised.

    Attributes
    ----------
    part : the lowest that is randomised; "" of the trained model. probability : of the photo, 0-1.
    similarity : rank correlation of the map's 8 x 8 cells with those of the trained model's map, -1 to 1; NaN of a map
        that is flat, since the model answers the same to everything.
    weight : sum of all |values| of the map, of that of the trained model's map.
    """

    part: str
    probability: float
    similarity: float
    weight: float


def sanity_check(
    model: CrackModel,
    randomised: Iterable[tuple[str, CrackModel]],
    photo: Photo,
    settings: MethodSettings | None = None,
    progress: Progress | None = None,
) -> Iterator[SanityStep]:
    """The map of the trained model, then of each randomised one.

    >>> list(sanity_check(load_model(), cascade(), photo, ExplainSettings("blur", max_evals=200)))

    Parameters
    ----------
    randomised : the lowest randomised part, and the model; as of `crackxai.model.randomised.cascade`.
    """
    first = explain(model, photo, settings, progress)
    size = float(np.abs(first.values).sum())
    yield SanityStep("", first.probability, 1.0 if np.ptp(first.values) else float("nan"), 1.0)
    for part, other in randomised:
        found = explain(other, photo, settings, progress)
        weight = float(np.abs(found.values).sum()) / size if size else float("nan")
        yield SanityStep(part, found.probability, rank_correlation(first.values, found.values), weight)


def depends_on_the_model(steps: Iterable[SanityStep]) -> bool:
    """Whether the map of the wholly randomised model, the last step, is another: not alike by `ALIKE`, or almost
    nothing by `FAINT`."""
    *_, last = steps
    return not (last.similarity >= ALIKE and last.weight >= FAINT)
