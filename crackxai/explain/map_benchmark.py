"""Which settings make maps that are true to a model: many photos, each under all settings, with intervals.

A map is tested by its own fill, and by one fill that is the same for all: by its own alone, maskers would be compared
by different tests.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.explain.faithfulness import FaithfulnessSettings, FaithfulnessTest
from crackxai.explain.faithfulness_result import Faithfulness
from crackxai.explain.methods import METHODS, Method, explainer
from crackxai.explain.progress import Progress, silent
from crackxai.explain.settings import MethodSettings
from crackxai.explain.truth import WIDENED, localisation
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

RESAMPLES = 2000
"""Of the bootstrap: enough that its 95 % interval moves by a few hundredths of its width from seed to seed."""


@dataclass(frozen=True)
class MapScore:
    """One map of one photo.

    Attributes
    ----------
    photo : its name, as given. settings : of the map. leans_to : "crack" or "sound".
    figures : by name, each the better the larger but for ``deletion`` where it leans to crack and ``insertion`` where
        it leans to sound; None where there is none, as of a mask.
    """

    photo: str
    settings: MethodSettings
    leans_to: str
    figures: Mapping[str, float | None]


@dataclass(frozen=True)
class Mean:
    """Over ``photos`` photos, with its 95 % interval by bootstrap over them."""

    value: float
    low: float
    high: float
    photos: int

    @classmethod
    def of(cls, values: Sequence[float], seed: int = 0) -> Mean:
        """Percentile bootstrap (Efron, 1979): the photos are drawn anew, with replacement, `RESAMPLES` times."""
        found = np.asarray(values, dtype=np.float64)
        drawn = np.random.default_rng(seed).integers(0, len(found), (RESAMPLES, len(found)))
        low, high = np.percentile(found[drawn].mean(axis=1), (2.5, 97.5))
        return cls(float(found.mean()), float(low), float(high), len(found))

    def as_dict(self) -> dict[str, float | int]:
        """Plain JSON values, six digits."""
        numbers = {name: float(f"{getattr(self, name):.6g}") for name in ("value", "low", "high")}
        return {**numbers, "photos": self.photos}


@dataclass(frozen=True)
class Summary:
    """The maps of some settings on the photos that lean to one side.

    Attributes
    ----------
    means : by the names of `MapScore.figures`, of those photos that have the figure; none of those that no photo has.
    """

    settings: MethodSettings
    leans_to: str
    means: Mapping[str, Mean]


def combinations(choices: Mapping[str, Sequence[Any]], methods: Sequence[Method] | None = None) -> list[MethodSettings]:
    """Settings with each of the values of each name, all with all, for each method of the names that it has.

    What a masker does not use makes no others, nor what a method does not have.

    Parameters
    ----------
    methods : default: the first of `METHODS`.

    Raises
    ------
    SettingsError : no method has a setting of that name, or a value is refused.
    """
    methods = methods or [next(iter(METHODS.values()))]
    fields = frozenset[str]().union(*(method.fields for method in methods))
    if unknown := sorted(choices.keys() - fields):
        raise SettingsError(f"expected settings of {', '.join(sorted(fields))}, received {unknown[0]}.")
    # By the run and its budget: a kernel is nothing to a masker that does not blur.
    found: dict[tuple[MethodSettings, int], MethodSettings] = {}
    for method in methods:
        own = {name: values for name, values in choices.items() if name in method.fields}
        for values in itertools.product(*own.values()):
            each = method.make_settings(dict(zip(own, values, strict=True)))
            found.setdefault((each.key, each.max_evals), each)
    return list(found.values())


def score_photo(
    model: CrackModel,
    photo: Photo,
    settings: Sequence[MethodSettings],
    test: FaithfulnessSettings,
    crack: NDArray[np.bool_] | None = None,
    widened: int = WIDENED,
    progress: Progress | None = None,
) -> Iterator[MapScore]:
    """The maps of one photo; those that differ in their budget alone are read from one run.

    Parameters
    ----------
    test : with the fill that all maps are tested by.
    crack : (H, W) bool at the network's size, as of `crackxai.explain.truth.at_network_size`; None: there is no mask.
    progress : see `Progress`; it counts the evaluations of one map, or its test, after another.
    """
    progress = progress or silent
    for _, of_run in itertools.groupby(sorted(settings, key=lambda s: (repr(s.key), s.max_evals)), lambda s: s.key):
        budgets = list(of_run)
        run = explainer(model, photo, budgets[-1])
        run.advance(progress=progress)
        for each in budgets:
            result = run.explanation(each.max_evals)
            tested = FaithfulnessTest(model, result, test)
            tested.advance(progress=progress)
            found = tested.result()
            where = {} if crack is None else localisation(result.values, crack, widened).to_record()
            figures = _figures(found) | {
                name: where.get(name) for name in ("mass", "rank", "pointing", "overlap", "area", "overlap_by_chance")
            }
            yield MapScore(photo.name, each, "crack" if found.cracked else "sound", figures)


def _figures(found: Faithfulness) -> dict[str, float | None]:
    figures: dict[str, float | None] = {}
    tenth = found.tenth
    # The way in which hiding the tenth should take the probability.
    sign = 1 if found.cracked else -1
    figures["tenth_gain"] = None if tenth is None else sign * (tenth.random_mean - tenth.after)
    for name, curves in (("", found.own), ("common_", found.other)):
        for kind in ("deletion", "insertion"):
            against = found.against(curves, kind)
            if against is not None:
                figures[f"{name}{kind}"] = against.area
                figures[f"{name}{kind}_gain"] = against.gain
                figures[f"{name}{kind}_beaten"] = against.beaten / len(against.random)
    return figures


def summaries(scores: Sequence[MapScore], settings: Sequence[MethodSettings], seed: int = 0) -> list[Summary]:
    """Means over the photos, for each of ``settings`` and each side that photos lean to, in that order."""
    made = []
    for leans_to in ("crack", "sound"):
        for each in settings:
            own = [score for score in scores if score.settings == each and score.leans_to == leans_to]
            if own:
                columns = {name: [s.figures[name] for s in own] for name in own[0].figures}
                known = {name: [v for v in column if v is not None] for name, column in columns.items()}
                made.append(
                    Summary(each, leans_to, {name: Mean.of(column, seed) for name, column in known.items() if column})
                )
    return made
