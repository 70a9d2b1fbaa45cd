"""The process beside a run ends without the run, and nothing begins before it is gone."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from crackxai.errors import Cancelled
from crackxai.inspection.cluster import beside
from tests.apps import wait_for
from tests.inspection.photo_folders import photos

ENDS_LATE = "import sys, time; sys.stdin.read(); time.sleep(1)"
NEVER_ENDS = "import time; time.sleep(600)"


def process(code: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE)


def test_who_ends_it_does_not_wait_and_who_has_to_can():
    late = process(ENDS_LATE)
    beside.end(late)
    assert late.poll() is None

    def stop() -> None:
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        beside.wait_until_gone(stop)
    assert late.poll() is None
    beside.wait_until_gone()
    assert late.poll() == 0
    beside.wait_until_gone()


def test_one_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(beside, "END_S", 0.2)
    stays = process(NEVER_ENDS)
    beside.end(stays)
    beside.wait_until_gone()
    assert stays.poll() not in (None, 0)


def test_a_run_is_done_before_ray_is_gone_and_the_next_begins_after(nodes, run_on, tmp_path, monkeypatch):
    whole, go_on, begun = beside._end, threading.Event(), []
    monkeypatch.setattr(beside, "_end", lambda process: (go_on.wait(60), whole(process)))
    first = run_on(nodes.address, photos(tmp_path / "wall", range(4)))
    first.advance()
    assert first.finished
    assert first.standing is None
    second = run_on(nodes.address, photos(tmp_path / "floor", range(4, 8)))
    other = threading.Thread(target=lambda: (second._link.connect(lambda: begun.append(1)), second.advance()))
    other.start()
    wait_for(lambda: len(begun) > 3)
    assert second._link._process is None
    go_on.set()
    other.join(120)
    assert second.result().by_way == {"judged": 4}
