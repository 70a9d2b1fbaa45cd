"""The queue: order, progress, cancelling, jobs that nobody waits for, errors, estimates."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from crackxai import ModelError
from crackxai.ui.job import Job
from crackxai.ui.jobs import Queue

WAIT = 20


class Steps:
    """Stands in for an explainer: counts in steps and does what it is told after each."""

    photo_name = "wall.jpg"

    def __init__(self, *steps: int, then=lambda evaluations: None) -> None:
        self.steps, self.then, self.evaluations = steps, then, 0

    def advance(self, total, progress) -> None:
        for step in self.steps:
            self.evaluations = step
            progress(step, total)
            self.then(step)


class Held(Steps):
    """Stops after each step until it is let go."""

    def __init__(self, *steps: int) -> None:
        super().__init__(*steps, then=self.hold)
        self.started, self.go = threading.Event(), threading.Event()

    def hold(self, _) -> None:
        self.started.set()
        assert self.go.wait(WAIT)


@pytest.fixture
def queue() -> Queue:
    return Queue()


def finish(job: Job) -> Job:
    assert job._finished.wait(WAIT)
    return job


def test_a_job_takes_its_explainer_to_the_end(queue):
    job = Job(Steps(40, 104), 100)
    assert job.waiting
    queue.submit(job)
    assert finish(job).error is None
    assert job.evaluations == 100  # a last batch beyond the budget does not show as more than all
    assert not job.waiting


def test_a_job_that_goes_on_starts_where_the_explainer_stands():
    explainer = Steps()
    explainer.evaluations = 500
    assert Job(explainer, 1000).evaluations == 500
    assert Job(explainer, 200).evaluations == 200


def test_jobs_run_one_after_another_and_know_their_place(queue):
    first, order = Held(1), []
    jobs = [Job(first, 10), *(Job(Steps(1, then=lambda _, n=n: order.append(n)), 10) for n in (2, 3))]
    for job in jobs:
        queue.submit(job)
    assert first.started.wait(WAIT)
    assert [queue.ahead(job) for job in jobs] == [0, 1, 2]
    assert [job.waiting for job in jobs] == [False, True, True]
    first.go.set()
    for job in jobs:
        finish(job)
    assert order == [2, 3]
    assert queue.ahead(jobs[2]) == 0


def test_as_many_at_once_as_there_are_workers():
    queue, explainers = Queue(workers=2), [Held(1), Held(1), Held(1)]
    jobs = [Job(explainer, 10) for explainer in explainers]
    for job in jobs:
        queue.submit(job)
    assert explainers[0].started.wait(WAIT)
    assert explainers[1].started.wait(WAIT)
    assert queue.ahead(jobs[2]) == 2
    assert not explainers[2].started.is_set()
    for explainer in explainers:
        explainer.go.set()
    for job in jobs:
        finish(job)


def test_cancelling_stops_at_the_next_report(queue):
    explainer = Held(10, 20, 30)
    job = Job(explainer, 100)
    queue.submit(job)
    assert explainer.started.wait(WAIT)
    queue.cancel(job)
    explainer.go.set()
    assert finish(job).error is None
    assert job.evaluations == explainer.evaluations == 20


def test_a_waiting_job_that_is_cancelled_ends_at_once_and_never_starts(queue):
    explainer, ran = Held(1), []
    first, second = Job(explainer, 10), Job(Steps(1, then=ran.append), 10)
    queue.submit(first)
    queue.submit(second)
    assert explainer.started.wait(WAIT)
    queue.cancel(second)
    assert second.done
    assert not second.waiting
    explainer.go.set()
    finish(first)
    assert not ran


def test_a_running_job_that_nobody_waits_for_ends(queue):
    open_page = [True]
    explainer = Steps(10, 20, 30, then=lambda _: open_page.__setitem__(0, False))
    job = Job(explainer, 100, wanted=lambda: open_page[0])
    queue.submit(job)
    finish(job)
    assert explainer.evaluations == 20
    assert job.error is None


def test_a_waiting_job_that_nobody_waits_for_gives_way(queue, monkeypatch):
    monkeypatch.setattr("crackxai.ui.jobs.PRUNE_S", 0)
    ran, closed = [], [False]

    def report(_):
        closed[0] = True

    first = Job(Steps(10, 20, then=report), 100)
    hold = Held(1)
    queue.submit(Job(hold, 10))
    assert hold.started.wait(WAIT)
    abandoned = Job(Steps(1, then=ran.append), 10, wanted=lambda: not closed[0])
    queue.submit(first)
    queue.submit(abandoned)
    hold.go.set()
    finish(first)
    assert finish(abandoned).evaluations == 0
    assert not ran


def test_errors_meant_for_the_user_are_shown_and_the_worker_lives_on(queue):
    def fail(_):
        raise ModelError("expected this, received that.")

    job, after = Job(Steps(1, then=fail), 100), Job(Steps(100), 100)
    queue.submit(job)
    queue.submit(after)
    assert finish(job).error == "expected this, received that."
    assert finish(after).evaluations == 100


def test_other_errors_are_logged_and_told_without_their_inside(queue, caplog):
    def fail(_):
        raise RuntimeError("0xdeadbeef")

    job = Job(Steps(1, then=fail), 100)
    with caplog.at_level(logging.ERROR):
        queue.submit(job)
        finish(job)
    assert "0xdeadbeef" not in job.error
    assert job.error.name == "job.failed"
    assert "0xdeadbeef" in caplog.text


def test_time_left_is_counted_from_the_second_report(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("crackxai.ui.jobs.time.monotonic", lambda: now[0])
    job = Job(Steps(), 100)
    explainer = job.explainer

    def report(evaluations: int) -> None:
        explainer.evaluations = evaluations
        job.progress(evaluations, 100)

    report(2)  # the empty and the full picture, and warming up
    assert job.rate() is None
    now[0] = 110.0
    report(4)
    assert job.rate() is None
    now[0] = 112.0
    report(24)
    assert job.rate() == pytest.approx(10)  # 20 evaluations in 2 s


def test_the_wait_is_estimated_from_the_kinds_before(queue):
    """A running job of 100/s with 500 to go, and one in front with 300 at 50/s: 5 + 6 s, then 100 at 50/s."""
    explainer = Held(4)
    running = Job(explainer, 504, "quick")
    queue.submit(running)
    assert explainer.started.wait(WAIT)
    queue._rates.update(quick=100.0, slow=50.0)
    before, last = Job(Steps(), 300, "slow"), Job(Steps(), 100, "slow")
    queue.submit(before)
    queue.submit(last)
    assert queue.seconds_left(running) == pytest.approx(5)
    assert queue.seconds_left(last) == pytest.approx(5 + 6 + 2)
    queue.submit(unknown := Job(Steps(), 100, "never seen"))
    assert queue.seconds_left(unknown) == pytest.approx(13 + 2)  # as the slowest
    assert Queue().seconds_left(unknown) is None
    explainer.go.set()
    finish(last)


def test_the_rate_of_a_kind_is_kept_for_the_next(queue):
    job = Job(Steps(4, 50, 100, then=lambda _: time.sleep(0.01)), 100, "kind")
    queue.submit(job)
    finish(job)
    assert queue._rates["kind"] > 0
