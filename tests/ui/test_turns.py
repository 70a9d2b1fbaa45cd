"""The queue between sessions: turns, bounds, and who goes first."""

from __future__ import annotations

import threading
import time

import pytest

from crackxai.ui import turns
from crackxai.ui.job import Job
from crackxai.ui.jobs import Queue, QueueFull

WAIT = 20


class Counted:
    """Stands in for an explainer: a step at a time, each told to ``log``; it goes on where it was stopped."""

    photo_name = "wall.jpg"

    def __init__(self, name: str, log: list[str], go: threading.Event | None = None) -> None:
        self.name, self.log, self.go, self.evaluations = name, log, go, 0

    def advance(self, total, progress) -> None:
        while self.evaluations < total:
            if self.go is not None:
                assert self.go.wait(WAIT)
            self.log.append(self.name)
            self.evaluations += 1
            progress(self.evaluations, total)


@pytest.fixture
def log() -> list[str]:
    return []


def finish(*wanted: Job) -> None:
    for job in wanted:
        assert job._finished.wait(WAIT)


def submitted(log, monkeypatch, turn_s: float, *plan: tuple[str, str, int, bool]) -> list[Job]:
    """Jobs of (owner, name, steps, interactive), all of which wait before the first of them starts."""
    monkeypatch.setattr(turns, "TURN_S", turn_s)
    queue, go = Queue(), threading.Event()
    queue.submit(before := Job(Counted("before", [], go), 1, owner="before"))
    made = [Job(Counted(name, log), steps, owner=owner, interactive=first) for owner, name, steps, first in plan]
    for job in made:
        queue.submit(job)
    go.set()
    finish(before, *made)
    return made


def test_sessions_take_turns_however_many_jobs_one_has(log, monkeypatch):
    plan = [("many", f"many-{n}", 1, False) for n in range(4)] + [("one", "one", 1, False)]
    submitted(log, monkeypatch, 60, *plan)
    assert log.index("one") == 1
    assert [name for name in log if name != "one"] == [f"many-{n}" for n in range(4)]


def test_a_long_job_gives_way_and_goes_on(log, monkeypatch):
    made = submitted(log, monkeypatch, 0, ("a", "a", 5, True), ("b", "b", 5, True))
    assert all(job.error is None and job.evaluations == 5 for job in made)
    assert set(log[:2]) == {"a", "b"}


def test_alone_nobody_is_interrupted(log, monkeypatch):
    submitted(log, monkeypatch, 0, ("a", "first", 3, False), ("a", "second", 3, False))
    assert log == ["first"] * 3 + ["second"] * 3


def test_the_one_that_is_looked_at_goes_before_the_sessions_others(log, monkeypatch):
    submitted(log, monkeypatch, 60, *[("a", f"batch-{n}", 1, False) for n in range(3)], ("a", "looked at", 1, True))
    assert log == ["looked at", "batch-0", "batch-1", "batch-2"]


def test_the_scan_that_is_looked_at_goes_before_others_and_after_explanations(log, monkeypatch):
    """The engineer turns from one photo to the next while the scan of the first is under way."""
    monkeypatch.setattr(turns, "TURN_S", 0)
    queue, go = Queue(), threading.Event()
    first, second = (Job(Counted(name, log, go), 3, owner="a") for name in ("first", "second"))
    first.watched = True
    queue.submit(first)
    assert first._running.wait(WAIT)
    queue.submit(second)
    first.watched, second.watched = False, True
    queue.submit(asked := Job(Counted("explanation", log), 2, owner="a", interactive=True))
    go.set()
    finish(first, second, asked)
    assert log == ["first"] + ["explanation"] * 2 + ["second"] * 3 + ["first"] * 2


def test_one_user_cannot_queue_without_end(log):
    queue, go = Queue(most=3), threading.Event()
    mine = [Job(Counted("mine", log, go), 1, owner="me") for _ in range(4)]
    for job in mine[:3]:
        queue.submit(job)
    assert not queue.has_room("me")
    with pytest.raises(QueueFull, match="at most 3 explanations") as refused:
        queue.submit(mine[3])
    assert refused.value.message.name == "job.too-many"
    queue.submit(other := Job(Counted("other", log, go), 1, owner="you"))
    queue.cancel(mine[2])
    assert queue.has_room("me")
    queue.submit(mine[3])
    go.set()
    finish(*mine, other)
    assert log.count("mine") == 3


def test_who_comes_late_gets_no_turns_after_the_fact(log, monkeypatch):
    """One that was away does not catch up on what others had meanwhile."""
    monkeypatch.setattr(turns, "TURN_S", 0)
    queue = Queue()
    queue._turns._served = {("busy", False): 100.0}
    gate = threading.Event()
    queue.submit(busy := Job(Counted("busy", log, gate), 20, owner="busy"))
    queue.submit(late := Job(Counted("late", log, gate), 20, owner="late"))
    gate.set()
    finish(busy, late)
    assert queue._turns._served["late", False] >= 100
    half = log[: len(log) // 2]
    assert 5 <= half.count("busy") <= 15


def test_who_waits_for_the_same_run_is_done_with_it(log, monkeypatch):
    monkeypatch.setattr("crackxai.ui.jobs.PRUNE_S", 0)
    queue, explainer = Queue(), Counted("shared", log, threading.Event())
    both = [Job(explainer, 5, owner=owner) for owner in "ab"]
    for job in both:
        queue.submit(job)
    explainer.go.set()
    finish(*both)
    assert len(log) == 5
    assert [job.evaluations for job in both] == [5, 5]


def test_others_are_part_of_the_time_that_is_left(log):
    """Alone 100 at 10/s are 10 s; with another who has 300 to go, as long again; with one who has 20, 2 s more."""
    queue, gate = Queue(), threading.Event()
    queue._rates["kind"] = 10.0
    queue.submit(running := Job(Counted("a", log, gate), 100, "kind", owner="a"))
    assert queue.seconds_left(running) == pytest.approx(10)
    queue.submit(long := Job(Counted("b", log, gate), 300, "kind", owner="b"))
    assert queue.seconds_left(running) == pytest.approx(20)
    queue.submit(short := Job(Counted("c", log, gate), 20, "kind", owner="c"))
    assert queue.seconds_left(running) == pytest.approx(22)
    assert queue.owners == 3
    gate.set()
    finish(running, long, short)


class Timed(Counted):
    """Each step takes so long."""

    def advance(self, total, progress) -> None:
        def slow(evaluations: int, of: int) -> None:
            time.sleep(0.02)
            progress(evaluations, of)

        super().advance(total, slow)


@pytest.mark.parametrize(("owner", "interactive"), [("a", False), ("a", True), ("b", False)])
def test_a_job_in_the_background_gives_way_at_once(log, monkeypatch, owner, interactive):
    """Turns take a minute; it stops after `BACKGROUND_S`, whoever asks, and goes on to its end afterwards."""
    monkeypatch.setattr(turns, "TURN_S", 60)
    monkeypatch.setattr(turns, "BACKGROUND_S", 0.05)
    queue = Queue()
    queue.submit(folder := Job(Timed("folder", log), 100, owner="a", background=True))
    while not folder.evaluations:
        time.sleep(0.01)
    queue.submit(asked := Job(Counted("asked", log), 3, owner=owner, interactive=interactive))
    finish(asked)
    assert folder.evaluations < 50
    finish(folder)
    assert folder.evaluations == 100


def test_a_job_in_the_background_gives_way_to_one_who_was_served_more(log, monkeypatch):
    """What an owner had before is between those who wait for something; the background only fills what they leave."""
    monkeypatch.setattr(turns, "TURN_S", 60)
    monkeypatch.setattr(turns, "BACKGROUND_S", 0)
    queue = Queue()
    queue._turns._served = {("somebody", False): 1000.0}
    queue.submit(folder := Job(Timed("folder", log), 10**6, owner="folder", background=True))
    while not folder.evaluations:
        time.sleep(0.01)
    before = len(log)
    queue.submit(asked := Job(Counted("asked", log), 3, owner="somebody"))
    finish(asked)
    queue.cancel(folder)
    finish(folder)
    first = log.index("asked")
    assert log[first : first + 3] == ["asked"] * 3
    assert first - before <= 10  # the step under way, and what a busy computer lets pass; not 1000 s of turns


def test_of_two_in_the_background_neither_is_interrupted_at_once(log, monkeypatch):
    monkeypatch.setattr(turns, "TURN_S", 60)
    monkeypatch.setattr(turns, "BACKGROUND_S", 0)
    queue, go = Queue(), threading.Event()
    queue.submit(before := Job(Counted("before", [], go), 1, owner="before"))
    both = [Job(Counted(name, log), 5, owner=name, background=True) for name in "ab"]
    for job in both:
        queue.submit(job)
    go.set()
    finish(before, *both)
    assert log in (["a"] * 5 + ["b"] * 5, ["b"] * 5 + ["a"] * 5)


def test_one_in_the_background_gets_on_while_others_go_first(log, monkeypatch):
    """It is not put off for ever by those of whom there is always another."""
    monkeypatch.setattr(turns, "TURN_S", 0.1)
    monkeypatch.setattr(turns, "BACKGROUND_S", 0.05)
    queue = Queue()
    queue.submit(folder := Job(Timed("folder", log), 10**6, owner="a", background=True))
    queue.submit(other := Job(Timed("other", log), 60, owner="b"))
    finish(other)
    during = log[: len(log) - log[::-1].index("other")]
    assert during[during.index("other") :].count("folder") > 3
    queue.cancel(folder)
    finish(folder)
