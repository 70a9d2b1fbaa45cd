"""Work ahead of its use: in order, bounded, and told where it fails."""

from __future__ import annotations

import threading

import pytest

from crackxai.errors import Cancelled
from crackxai.inspection.look_ahead import LookAhead

WAIT = 20


def test_results_come_in_order_and_stay_until_they_are_used():
    ahead = LookAhead(lambda n: n * n, range(20), ahead=4)
    found = []
    while ready := ahead.ready(3):
        assert len(ready) <= 3
        assert ahead.ready(1) == ready[:1]
        ahead.used(len(ready))
        found += ready
    assert found == [n * n for n in range(20)]
    assert ahead.done == 20
    ahead.release()


def test_no_more_than_so_many_are_begun_before_they_are_used():
    begun, lock = [], threading.Lock()

    def work(n: int) -> int:
        with lock:
            begun.append(n)
        return n

    ahead = LookAhead(work, range(100), ahead=5)
    for used in range(50):
        assert ahead.ready(1) == [used]
        assert max(begun) < used + 5
        ahead.used(1)
    ahead.release()


def test_who_waits_can_be_called_off_and_nothing_is_lost():
    go = threading.Event()
    ahead = LookAhead(lambda n: go.wait(WAIT) and n, [7], ahead=1)

    def stop() -> None:
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        ahead.ready(1, stop)
    go.set()
    assert ahead.ready(1) == [7]
    ahead.release()


def test_a_failure_is_raised_in_its_turn_and_made_again_when_asked():
    fails = {2}

    def work(n: int) -> int:
        if n in fails:
            raise ValueError(n)
        return n

    ahead, found = LookAhead(work, range(5), ahead=5), list[int]()

    def use_up() -> None:
        while ready := ahead.ready(5):
            ahead.used(len(ready))
            found.extend(ready)

    with pytest.raises(ValueError, match="2"):
        use_up()
    assert found == [0, 1]
    fails.clear()
    ahead.again()
    use_up()
    assert found == [0, 1, 2, 3, 4]
    ahead.release()


def test_after_a_release_it_goes_on_where_it_was_used():
    ahead = LookAhead(lambda n: n, range(6), ahead=4)
    assert ahead.ready(1) == [0]
    ahead.used(1)
    ahead.release()
    assert ahead.done == 1
    assert ahead.ready(1) == [1]
    ahead.release()
