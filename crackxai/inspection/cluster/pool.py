"""Workers on the nodes of a cluster, and which of them has which photo in hand.

A worker that ends costs the photos that it had in hand, which are given out again; those may be to blame, so each of
them is then asked by itself, and after `MOST_DEATHS` ends with it the photo is told to be the cause. Nodes may go and
come while it runs.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from crackxai.errors import Message
from crackxai.inspection.cluster import cluster_errors
from crackxai.inspection.cluster.messages import Answer, Lost, Setup, Standing, Task
from crackxai.inspection.cluster.slots import Slot, slots_of
from crackxai.inspection.cluster.worker import Worker

MOST_DEATHS = 3
"""Of workers with the same photo, the second and later ones with it alone."""
MOST_FAILURES = 3
"""Of a worker that ends before it has answered anything; then its place is given up."""
LOOK_S = 2.0
"""Seconds between looks at which nodes there are."""
WAIT_S = 120.0
"""Seconds in which some worker has to be ready: a node may have to load TensorFlow from a slow disk."""
IN_HAND, SCANS_IN_HAND = 10, 2
"""Photos of a worker: a batch of the network and two that are decoded meanwhile; of scans, whose pixels are kept, the
one that is computed and the next."""


@dataclass(eq=False)
class _Hand:
    """A worker. ready : whether its model is loaded. alone : it is kept for a photo that may be deadly."""

    slot: Slot
    actor: Any
    ready: bool = False
    alone: bool = False
    in_hand: dict[int, Task] = field(default_factory=dict)


@dataclass(frozen=True)
class _Begun:
    """A worker is ready, or never will be."""

    hand: _Hand
    problem: Message | None
    error: BaseException | None


@dataclass(frozen=True)
class _Answered:
    hand: _Hand
    task: Task
    value: Any
    error: BaseException | None


class Pool:
    """Runs in the driver's process, in one thread, until it is told to end.

    Parameters
    ----------
    ray : the module, connected. files : of the model, by name. tell : takes `Answer`, `Standing` and `Lost`.
    events : puts in `Task`, and None for the end; the pool's own come the same way.
    """

    def __init__(
        self,
        ray: Any,
        setup: Setup,
        files: Mapping[str, bytes],
        tell: Callable[[object], None],
        events: SimpleQueue[Any],
    ) -> None:
        self._ray, self._setup, self._tell, self._events = ray, setup, tell, events
        # Once, for all workers of a node.
        self._given = ray.put(setup), ray.put(dict(files))
        self._most = IN_HAND if setup.settings.scan is None else SCANS_IN_HAND
        self._hands: dict[Slot, _Hand] = {}
        self._failures: dict[Slot, int] = {}
        self._problems: dict[Slot, Message] = {}
        self._waiting: deque[Task] = deque()
        self._suspects: deque[Task] = deque()
        self._deaths: dict[int, int] = {}
        self._told: Standing | None = None

    def run(self) -> None:
        """To the end that is asked for, or until nothing can work; then it tells why."""
        looked, worked = -LOOK_S, time.monotonic()
        while True:
            if time.monotonic() - looked >= LOOK_S:
                looked = time.monotonic()
                self._place()
            self._give()
            self._stand()
            if any(hand.ready for hand in self._hands.values()):
                worked = time.monotonic()
            elif self._problems and not self._hands:
                return self._tell(Lost(next(iter(self._problems.values()))))
            elif time.monotonic() - worked > WAIT_S:
                return self._tell(Lost(cluster_errors.no_room(WAIT_S)))
            try:
                event = self._events.get(timeout=LOOK_S / 2)
            except Empty:
                continue
            if event is None:
                return None
            if isinstance(event, Task):
                self._waiting.append(event)
            elif isinstance(event, _Begun):
                self._begun(event)
            elif (why := self._answered(event)) is not None:
                return self._tell(Lost(why))

    # Workers

    def _place(self) -> None:
        """Begin the workers that nodes have room for; forget those of nodes that are gone."""
        alive = {each["NodeID"]: each["Resources"] for each in self._ray.nodes() if each["Alive"]}
        for slot, hand in list(self._hands.items()):
            if slot.node not in alive:
                self._end(hand)
        self._failures = {slot: count for slot, count in self._failures.items() if slot.node in alive}
        self._problems = {slot: why for slot, why in self._problems.items() if slot.node in alive}
        for node, resources in alive.items():
            for slot in slots_of(node, resources, self._setup.per_node):
                if slot not in self._hands and slot not in self._problems:
                    self._hands[slot] = self._begin(slot)

    def _begin(self, slot: Slot) -> _Hand:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        made = self._ray.remote(Worker).options(
            num_cpus=slot.cpus,
            num_gpus=slot.gpus,
            max_concurrency=self._most + 1,
            # What dies is begun and given out again here, where it is known which photos it had.
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(slot.node, soft=False),
        )
        hand = _Hand(slot, made.remote(*self._given, slot.threads))
        self._later(hand.actor.begin.remote(), lambda value, error: _Begun(hand, value, error))
        return hand

    def _begun(self, event: _Begun) -> None:
        hand = event.hand
        if self._hands.get(hand.slot) is not hand:
            return
        if event.error is None and event.problem is None:
            hand.ready = True
            return
        self._end(hand)
        if event.problem is not None:
            self._problems[hand.slot] = event.problem
        else:
            self._failed(hand.slot, event.error)

    def _failed(self, slot: Slot, error: BaseException | None) -> None:
        """A worker ended that had answered nothing."""
        self._failures[slot] = self._failures.get(slot, 0) + 1
        if self._failures[slot] >= MOST_FAILURES:
            self._problems[slot] = cluster_errors.worker_failed(slot.node[:8], _last_line(error))

    def _end(self, hand: _Hand) -> None:
        if self._hands.get(hand.slot) is hand:
            del self._hands[hand.slot]
        # It may be alive, and only out of reach.
        self._ray.kill(hand.actor)

    def _stand(self) -> None:
        ready = [hand for hand in self._hands.values() if hand.ready]
        now = Standing(
            len(ready),
            len({hand.slot.node for hand in ready}),
            self._most * len(ready),
            tuple(dict.fromkeys(self._problems.values())),
        )
        if ready and now != self._told:
            self._told = now
            self._tell(now)

    # Photos

    def _give(self) -> None:
        """Hand out what waits: to those who have least; what may be deadly to one who has nothing else."""
        ready = [hand for hand in self._hands.values() if hand.ready]
        for hand in ready:
            hand.alone &= bool(self._suspects or hand.in_hand)
        while self._suspects and ready:
            kept = min((hand for hand in ready), key=lambda hand: (not hand.alone, len(hand.in_hand)))
            kept.alone = True
            if kept.in_hand:
                break
            self._ask(kept, self._suspects.popleft())
        others = [hand for hand in ready if not hand.alone]
        while self._waiting and others:
            hand = min(others, key=lambda hand: len(hand.in_hand))
            if len(hand.in_hand) >= self._most:
                break
            self._ask(hand, self._waiting.popleft())

    def _ask(self, hand: _Hand, task: Task) -> None:
        hand.in_hand[task.number] = task
        self._later(hand.actor.answer.remote(task), lambda value, error: _Answered(hand, task, value, error))

    def _answered(self, event: _Answered) -> Message | None:
        """Why the run cannot go on; None: it can."""
        hand, task = event.hand, event.task
        hand.in_hand.pop(task.number, None)
        if event.error is None:
            self._failures.pop(hand.slot, None)
            self._deaths.pop(task.number, None)
            self._tell(Answer(task.number, event.value))
            return None
        if not self._is_death(event.error):
            return cluster_errors.worker_failed(hand.slot.node[:8], _last_line(event.error))
        self._end(hand)
        deaths = self._deaths[task.number] = self._deaths.get(task.number, 0) + 1
        if deaths >= MOST_DEATHS:
            del self._deaths[task.number]
            self._tell(Answer(task.number, cluster_errors.deadly(task.name, deaths)))
        else:
            self._suspects.append(task)
        return None

    def _is_death(self, error: BaseException) -> bool:
        of = self._ray.exceptions
        # A failure within a worker is a RayTaskError; all others are of Ray's own processes and connections.
        return isinstance(error, of.RayError) and not isinstance(error, of.RayTaskError)

    def _later(self, ref: Any, event: Callable[[Any, BaseException | None], object]) -> None:
        """Put an event when the value is there, or never will be."""

        def put(future: Any) -> None:
            error = future.exception()
            self._events.put(event(None if error else future.result(), error))

        ref.future().add_done_callback(put)


def _last_line(error: BaseException | None) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
