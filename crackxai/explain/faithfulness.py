"""Is a map true to the model? Hide its parts in its own order and see whether the probability follows.

Deletion and insertion (`crackxai.explain.curves`), with what their usual form leaves open settled:

- Regions, not pixels: what has the same value is hidden together (`crackxai.explain.region_order`).
- By the map's own fill and by another, since a fill may itself look like a crack, or hide one.
- Beside random orders of the same regions, and the order from the centre outwards, which knows nothing of the photo.
- Shares of the area as they really were, both ends included; areas in probability and in log-odds.
- Where the model leans to "sound" there is no crack whose hiding could lower anything: the order begins with what kept
  the probability low, and hiding that should raise it.

No such test says that a map shows the crack: it says whether the model goes by what the map points at.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import SettingsError
from crackxai.explain.curves import Curve, FillCurves
from crackxai.explain.explanation import Explanation
from crackxai.explain.faithfulness_result import Faithfulness, Tenth
from crackxai.explain.maskers import MaskerSettings, masker
from crackxai.explain.parameters import check_parameters, parameter
from crackxai.explain.progress import Progress, silent
from crackxai.explain.region_order import Regions
from crackxai.explain.settings import MethodSettings

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel

SHARES = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95, 0.98)
"""Of the area, at which curves are measured, beside their ends: closest where a thin crack makes them fall. The same
from both ends, so that a deletion curve read backwards is measured where an insertion curve is."""
TENTH = 0.1
ORDERS = 20
BATCH = 50
"""Pictures that the model is asked for at once. A run is stopped between two batches only, so that it asks for the same
ones, and gets the same answers to the last bit, however often it is stopped."""
MAP, CENTRE, RANDOM = 0, 1, 2
"""Places of the orders: the map's, from the centre outwards, and the first of the random ones."""
OWN, OTHER = 0, 1
"""Places of the fills."""


@dataclass(frozen=True)
class FaithfulnessSettings:
    """How a map is tested.

    Attributes
    ----------
    other : the second fill; None: `other_fill` of the map's own.
    orders : random orders, 1-100. seed : of these, 0 to 2**32 - 1.

    Raises
    ------
    SettingsError : a value is of another type or outside its range.
    """

    other: MaskerSettings | None = None
    orders: int = parameter(ORDERS, 1, 100, help="random orders that a map is compared with")
    seed: int = parameter(0, 0, 2**32 - 1, help="of the random orders")

    def __post_init__(self) -> None:
        check_parameters(self)


def own_fill(settings: MethodSettings) -> MaskerSettings:
    """The fill that a map was made with; the usual one for a method without."""
    if not isinstance(settings, MaskerSettings):
        return MaskerSettings()
    return MaskerSettings(**{each.name: getattr(settings, each.name) for each in fields(MaskerSettings)})


def other_fill(own: MaskerSettings) -> MaskerSettings:
    """A fill of another kind, to see what is the fill's and not the map's doing: the mean colour, which draws edges and
    paints nothing over; the usual fill for a map that was made with it."""
    return MaskerSettings() if own.masker == "mean" else MaskerSettings("mean")


class _Question(NamedTuple):
    """One picture: of a fill, the first ``regions`` of an order are hidden, or alone shown."""

    fill: int
    order: int
    regions: int
    shown: bool


class FaithfulnessTest:
    """The test of one map, at any time: after each batch there is a result, which only gets fuller.

    First the map's first tenth and random ones, then its curves, the curve from the centre, those of the random orders;
    and the same by the other fill. One thread at a time advances it; all may read it meanwhile.

    >>> test = FaithfulnessTest(model, explain(model, photo))
    >>> test.advance()
    >>> test.result().own.against("deletion", cracked=True).gain

    Parameters
    ----------
    model : the one that was explained. explanation : of it.
    """

    def __init__(
        self, model: CrackModel, explanation: Explanation, settings: FaithfulnessSettings | None = None
    ) -> None:
        if explanation.model_fingerprint != model.fingerprint:
            raise SettingsError(
                f"expected the explained model {explanation.model_fingerprint}, received {model.fingerprint}. "
                "Give the model that the map is of."
            )
        self.settings = settings or FaithfulnessSettings()
        self.photo_name = explanation.photo_name
        self._model, self._picture = model, explanation.picture
        own = own_fill(explanation.settings)
        self._fills = own, self.settings.other or other_fill(own)
        self._maskers = [masker(fill) for fill in self._fills]
        self._cracked = explanation.probability >= 0.5
        regions = Regions.of(explanation.values)
        random = np.random.default_rng(self.settings.seed)
        self._orders = [
            regions.by_value(lowest_first=not self._cracked),
            regions.centre_out(),
            *(regions.at_random(random) for _ in range(self.settings.orders)),
        ]
        self._steps = [order.steps(SHARES) for order in self._orders]
        self._batches = list(_batched(dict.fromkeys(self._questions())))
        self.total = sum(map(len, self._batches))
        self._answers: dict[_Question, float] = {}
        self._advancing = threading.Lock()
        self._done = 0

    @property
    def evaluations(self) -> int:
        """Pictures that the model was asked for so far, of ``total``."""
        return sum(map(len, self._batches[: self._done]))

    @property
    def own_total(self) -> int:
        """Evaluations after which all that the map's own fill tells is known."""
        return sum(len(batch) for batch in self._batches if batch[0].fill == OWN)

    @property
    def nbytes(self) -> int:
        """About what it takes in memory."""
        return self._picture.nbytes + sum(order.place.nbytes + order.shares.nbytes for order in self._orders)

    def advance(self, total: int | None = None, progress: Progress | None = None) -> None:
        """Go on to ``total`` evaluations in all, to the end of the batch that reaches them; by default to the end.

        ``progress`` is called before the first and after each batch; what it raises (`Cancelled`) stops the test there.

        Raises
        ------
        ModelError : the model's answer is no probability.
        """
        total, progress = self.total if total is None else total, progress or silent
        with self._advancing:
            progress(self.evaluations, self.total)
            while self._done < len(self._batches) and self.evaluations < total:
                batch = self._batches[self._done]
                visible = np.stack([self._visible(question) for question in batch])
                filled = self._maskers[batch[0].fill].fill(self._picture, visible)
                self._answers.update(zip(batch, map(float, self._model.predict(filled)), strict=True))
                # Last: another thread that reads now sees all of this batch or nothing of it.
                self._done += 1
                progress(self.evaluations, self.total)

    def result(self) -> Faithfulness:
        """What is known now."""
        known = {question: self._answers[question] for batch in self._batches[: self._done] for question in batch}
        return Faithfulness(
            cracked=self._cracked,
            tenth=self._tenth(known),
            own=self._curves(known, OWN),
            other=self._curves(known, OTHER),
            own_fill=self._fills[OWN],
            other_fill=self._fills[OTHER],
            orders=self.settings.orders,
            seed=self.settings.seed,
            evaluations=sum(map(len, self._batches[: self._done])),
            total=self.total,
        )

    # What is asked

    def _questions(self) -> Iterator[_Question]:
        """In the order in which they are asked; some come twice."""
        whole = _Question(OWN, MAP, 0, shown=False)
        tenth = self._tenths()
        yield from (whole, *tenth)
        for fill in (OWN, OTHER):
            yield _Question(fill, MAP, 0, shown=True)  # all is hidden
            for order in (MAP, CENTRE):
                for shown in (False, True):
                    yield from (_Question(fill, order, count, shown) for count in self._steps[order])
            for order in range(RANDOM, len(self._orders)):
                yield from (_Question(fill, order, count, False) for count in self._steps[order])

    def _tenths(self) -> list[_Question]:
        """The map's first tenth, and of each random order as much as that is."""
        if not self._steps[MAP]:
            return []
        mine = self._orders[MAP].nearest(TENTH)
        share = self._orders[MAP].shares[mine]
        counts = [mine, *(order.nearest(share) for order in self._orders[RANDOM:])]
        places = (MAP, *range(RANDOM, len(self._orders)))
        return [_Question(OWN, place, count, False) for place, count in zip(places, counts, strict=True)]

    def _visible(self, question: _Question) -> NDArray[np.bool_]:
        first = self._orders[question.order].first(question.regions)
        return first if question.shown else ~first

    # What is known

    def _tenth(self, known: dict[_Question, float]) -> Tenth | None:
        asked = self._tenths()
        before = known.get(_Question(OWN, MAP, 0, shown=False))
        if before is None or not asked or any(question not in known for question in asked):
            return None
        shares = [float(self._orders[question.order].shares[question.regions]) for question in asked]
        mine, *random = (known[question] for question in asked)
        return Tenth(shares[0], before, mine, tuple(random), tuple(shares[1:]))

    def _curves(self, known: dict[_Question, float], fill: int) -> FillCurves:
        def curve(order: int, shown: bool) -> Curve | None:
            inside = [known.get(_Question(fill, order, count, shown)) for count in self._steps[order]]
            ends = [
                known.get(_Question(OWN, MAP, 0, shown=False)),  # the photo itself, whatever the fill
                known.get(_Question(fill, MAP, 0, shown=True)),
            ]
            found = [ends[shown], *inside, ends[not shown]]
            if any(probability is None for probability in found):
                return None
            shares = (0.0, *(float(self._orders[order].shares[count]) for count in self._steps[order]), 1.0)
            return Curve(shares, tuple(p for p in found if p is not None))

        randoms = (curve(order, False) for order in range(RANDOM, len(self._orders)))
        return FillCurves(
            curve(MAP, False),
            curve(MAP, True),
            curve(CENTRE, False),
            curve(CENTRE, True),
            tuple(each for each in randoms if each is not None),
        )


def most_evaluations(orders: int = ORDERS) -> int:
    """Of a test at most: a map of few regions has fewer steps."""
    curves = 2 * 2 + orders  # the map's, from the centre, each hidden and shown; and random ones
    return 1 + 2 * (1 + curves * len(SHARES))


def faithfulness(
    model: CrackModel,
    explanation: Explanation,
    settings: FaithfulnessSettings | None = None,
    progress: Progress | None = None,
) -> Faithfulness:
    """Test a map to the end. Raises as `FaithfulnessTest`."""
    test = FaithfulnessTest(model, explanation, settings)
    test.advance(progress=progress)
    return test.result()


def _batched(questions: Iterable[_Question]) -> Iterator[list[_Question]]:
    """Batches of one fill each. The first ends with the tenths, which are told first."""
    batch: list[_Question] = []
    for question in questions:
        if batch and (len(batch) == BATCH or batch[0].fill != question.fill or _ends_tenths(batch, question)):
            yield batch
            batch = []
        batch.append(question)
    if batch:
        yield batch


def _ends_tenths(batch: list[_Question], question: _Question) -> bool:
    return question == (OWN, MAP, 0, True) and batch[0] == (OWN, MAP, 0, False)
