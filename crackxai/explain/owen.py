"""Owen values of a game on a tree, best-first, as an anytime run.

The Owen value (G. Owen, "Values of games with a priori unions", 1977) of a player is its Shapley value when players
join in nested groups. For a binary tree it follows from a recursion: a group with value ``high - low`` (with it and
without it, the rest being fixed) hands it to its halves A and B as

    A: (f(A) - low) / 2 + (high - f(B)) / 2        B: (f(B) - low) / 2 + (high - f(A)) / 2

that is, each half is asked for once without and once with the other (its two *contexts*, at half weight each), and
each of these again has two halves. Followed to the leaves this needs more evaluations than there is time for, so the
contexts with the largest weighted value are followed first, and what is not followed is spread over the group's leaves
in equal parts. This is ``shap.explainers.Partition.owen`` (0.51): the same rounds for the same ``batch_size``, the same
rule for the budget, ties broken by the same draws. Unlike there, the run can be read after each round, stopped, and
gone on with.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import Message, ModelError

Node = TypeVar("Node")
"""A group of players, hashable."""
Coalition = tuple[Any, Any] | None
"""Who is present: a node and the coalition of the others, down to None (nobody)."""


class Tree(Protocol[Node]):
    """What the engine asks of a binary tree over the players."""

    @property
    def root(self) -> Node:
        """All players."""

    def halves(self, node: Node, /) -> tuple[Node, Node] | None:
        """The two groups that it consists of; None for a single player."""

    def masks(self, coalitions: Sequence[Coalition], /) -> NDArray[np.bool_]:
        """(N, ...): who is present in each coalition."""

    def spread(self, credit: Iterable[tuple[Node, float]], /) -> NDArray[np.float64]:
        """Each group's credit in equal parts on its players, added up."""


@dataclass(slots=True)
class _Context(Generic[Node]):
    """A group in the presence of a coalition."""

    node: Node
    coalition: Coalition
    low: float
    high: float
    weight: float
    born: int
    """Expansions after which it is part of the result ..."""
    ended: float = math.inf
    """... and with which it gives way to its halves."""

    @property
    def credit(self) -> float:
        return (self.high - self.low) * self.weight


class _Place(NamedTuple, Generic[Node]):
    """Of a context in the queue: the smallest is followed next."""

    priority: float
    draw: float
    serial: int
    """Tells any two apart, so that contexts themselves are never compared."""
    context: _Context[Node]


class OwenRun(Generic[Node]):
    """One game, evaluated further and further, by one thread at a time; others may read its values meanwhile.

    Parameters
    ----------
    value : (N, ...) bool masks, True = present -> (N,) values, finite.
    tree : over the players.
    batch_size : evaluations a round at most. Part of the algorithm: groups found in a round are only followed in the
        next, so another size gives another result.
    seed : of the draws that break ties, as ``np.random.seed(seed)`` does for shap.

    Attributes
    ----------
    evaluations : made so far, the empty and the full coalition included.
    low, high : values of these two.
    exhausted : whether there is nothing left to evaluate: the values are the game's exact Owen values.
    """

    def __init__(
        self, value: Callable[[NDArray[np.bool_]], NDArray[Any]], tree: Tree[Node], batch_size: int, seed: int
    ) -> None:
        self._value = value
        self._tree = tree
        self._batch_size = batch_size
        self._random = np.random.RandomState(seed)
        self._serial = itertools.count()
        self._queue: list[_Place[Node]] = []
        self._contexts: list[_Context[Node]] = []
        self._expansions = 0
        # The round under way: contexts that were expanded, each with its four new ones, which join the queue when the
        # round is complete. A run stopped by its budget within a round goes on within it.
        self._round: list[tuple[_Context[Node], ...]] = []
        self._under_way = 0
        self._budget = 0
        self.evaluations = 0
        self.low = self.high = math.nan
        # Kept, not looked up: within a batch the queue may be empty although more will come.
        self.exhausted = False

    def advance(self, max_evals: int, report: Callable[[], None] = lambda: None) -> None:
        """Go on until ``max_evals`` evaluations in all (an odd last one is rounded up, as in shap).

        ``report`` is called after each batch of evaluations; what it raises stops the run there, in order: it can be
        read and gone on with.

        Raises
        ------
        ModelError : a value is not finite. The run is as it was before that batch.
        """
        self._budget = max_evals
        if not self.evaluations:
            self._begin()
            report()
        while self.evaluations < max_evals and not self.exhausted:
            taken = self._take(max_evals)
            if taken:
                self._expand(taken)
            if 2 * len(self._round) >= self._batch_size or not self._queue:
                self._close_round()
                self.exhausted = not self._queue
            if taken:
                report()

    def values(self, max_evals: int | None = None) -> NDArray[np.float64]:
        """float64, of the tree's shape: the players' values now, or as a run of ``max_evals`` had given them."""
        done = self._expansions if max_evals is None else min(self._expansions, max(0, math.ceil((max_evals - 2) / 2)))
        credit: dict[Node, float] = {}
        for context in self._contexts:
            if context.born <= done < context.ended:
                credit[context.node] = credit.get(context.node, 0.0) + context.credit
        return self._tree.spread(credit.items())

    def likely(self) -> NDArray[np.bool_]:
        """(N, ...) bool: masks that will be asked for after those under way, the most likely first.

        For a value function that prepares ahead; to be called within one. They are the best contexts known before the
        answers to the batch under way: most of the next round, since a context that waits keeps its place among those
        that waited with it.
        """
        room = (self._budget - self.evaluations - self._under_way + 1) // 2
        count = max(0, min(self._batch_size // 2, room))
        asked: list[Coalition] = []
        for place in heapq.nsmallest(count, self._queue):
            asked += [(half, place.context.coalition) for half in self._tree.halves(place.context.node) or ()]
        return self._tree.masks(asked)

    def _begin(self) -> None:
        root = self._tree.root
        # Two calls, as in shap: a network may round differently in a batch of two.
        low, high = self._ask([None])[0], self._ask([(root, None)])[0]
        self.low, self.high = float(low), float(high)
        self.evaluations = 2
        whole = _Context(root, None, self.low, self.high, 1.0, born=0)
        self._contexts.append(whole)
        self._queue.append(_Place(0.0, 0.0, next(self._serial), whole))

    def _take(self, max_evals: int) -> list[tuple[_Place[Node], tuple[Node, Node]]]:
        """The most promising contexts that have halves, with these, as many as fit into the round and the budget."""
        taken: list[tuple[_Place[Node], tuple[Node, Node]]] = []
        while (
            self._queue
            and 2 * (len(self._round) + len(taken)) < self._batch_size
            and self.evaluations + 2 * len(taken) < max_evals
        ):
            place = heapq.heappop(self._queue)
            halves = self._tree.halves(place.context.node)
            if halves is not None:
                taken.append((place, halves))
        return taken

    def _expand(self, taken: list[tuple[_Place[Node], tuple[Node, Node]]]) -> None:
        asked: list[Coalition] = [(half, place.context.coalition) for place, both in taken for half in both]
        try:
            answers = self._ask(asked)
        except BaseException:
            # Nothing was learnt: each goes back to the place that it had.
            for place, _ in taken:
                heapq.heappush(self._queue, place)
            raise
        for i, ((_, _, _, context), (a, b)) in enumerate(taken):
            with_a, with_b = float(answers[2 * i]), float(answers[2 * i + 1])
            context.ended = born = self._expansions + i + 1
            weight, rest = context.weight / 2, context.coalition
            new = (
                _Context(a, rest, context.low, with_a, weight, born),
                _Context(b, rest, context.low, with_b, weight, born),
                _Context(a, asked[2 * i + 1], with_b, context.high, weight, born),
                _Context(b, asked[2 * i], with_a, context.high, weight, born),
            )
            self._contexts += new
            self._round.append(new)
        # Last: another thread that reads the values now sees all of this batch or nothing of it.
        self._expansions += len(taken)
        self.evaluations += len(asked)

    def _close_round(self) -> None:
        for new in self._round:
            for context in new:
                # Always one draw for each, in this order: shap's.
                priority = -abs(context.high - context.low) * context.weight
                place = _Place(priority, self._random.randn(), next(self._serial), context)
                heapq.heappush(self._queue, place)
        self._round = []

    def _ask(self, coalitions: list[Coalition]) -> NDArray[np.float64]:
        self._under_way = len(coalitions)
        values = np.asarray(self._value(self._tree.masks(coalitions)), dtype=np.float64)
        if not np.isfinite(values).all():
            raise ModelError(
                Message(
                    "job.not-finite",
                    "expected a finite probability, received NaN or infinity from the model. Use another model.",
                )
            )
        return values
