"""All of the session's large photos scanned at one press, without a browser."""

from __future__ import annotations

import threading

import pytest

from crackxai.inspection.scanner import Scanner
from crackxai.ui import scan_round, scans, state
from tests.apps import EN, app_at, press, upload
from tests.ui.test_scan_panel import scanned, wall

pytestmark = pytest.mark.usefixtures("fresh_results")


@pytest.fixture
def held(monkeypatch):
    """Scans begin, and go on when this is set; with it, the names in the order in which they were."""
    whole, go, order = Scanner.advance, threading.Event(), []

    def advance(self, *args):
        go.wait(60)
        order.append(self.photo_name)
        whole(self, *args)

    monkeypatch.setattr(Scanner, "advance", advance)
    yield go, order
    go.set()


def keys(app) -> list[str]:
    return [each.key for each in app.button]


def names(app) -> list[str]:
    return [key.name for key in app.session_state[state._SCAN_JOBS]]


def test_all_are_scanned_a_few_at_a_time_and_small_ones_not(served, held, sample_files):
    go, order = held
    walls = [(f"wall-{n}.png", wall(spot=50 + n)) for n in range(4)]
    app = upload(app_at("app.py"), *walls, ("small.png", sample_files[0].read_bytes()))
    chosen = app.session_state[state._SELECTED]
    if chosen.name == "small.png":
        app.session_state[state._SELECTED] = next(each.id for each in app.session_state[state._ITEMS])
        app.run()
    looked_at = app.session_state[state._SELECTED].name
    assert names(app) == [looked_at]
    assert app.button(key="scan-all").label == EN["scan.all"].format(count=4)
    press(app, "scan-all")
    assert len(names(app)) == scan_round.AHEAD
    assert app.button(key="scan-round-stop").label == EN["scan.round-stop"].format(left=4)
    go.set()
    scanned(app)
    items = [each for each in app.session_state[state._ITEMS] if each.name != "small.png"]
    assert all(scans.ended(served, each) for each in items)
    assert sorted(order) == sorted(each.name for each in items)
    assert order[0] == looked_at
    assert not app.session_state[state._TO_SCAN]
    assert not {"scan-all", "scan-round-stop"} & set(keys(app))


def test_stopping_leaves_the_photo_that_is_looked_at(served, held):
    go, _ = held
    app = upload(app_at("app.py"), *((f"wall-{n}.png", wall(spot=60 + n)) for n in range(3)))
    press(app, "scan-all")
    assert len(names(app)) == scan_round.AHEAD
    press(app, "scan-round-stop")
    go.set()
    scanned(app)
    looked_at = app.session_state[state._SELECTED].name
    ended = [each.name for each in app.session_state[state._ITEMS] if scans.ended(served, each)]
    assert ended == [looked_at]
    # It can be begun again, with what is left.
    assert app.button(key="scan-all").label == EN["scan.all"].format(count=2)
    press(app, "scan-all")
    scanned(app)
    assert all(scans.ended(served, each) for each in app.session_state[state._ITEMS])


def test_once_all_of_them_are_in_the_queue_they_can_still_be_stopped(served, held):
    go, _ = held
    app = upload(app_at("app.py"), *((f"wall-{n}.png", wall(spot=90 + n)) for n in range(2)))
    press(app, "scan-all")
    assert not app.session_state[state._TO_SCAN]
    assert len(names(app)) == 2
    assert "scan-all" not in keys(app)
    press(app, "scan-round-stop")
    go.set()
    scanned(app)
    ended = [each.name for each in app.session_state[state._ITEMS] if scans.ended(served, each)]
    assert ended == [app.session_state[state._SELECTED].name]


def test_a_removed_photo_is_passed_over(served, held):
    go, _ = held
    app = upload(app_at("app.py"), *((f"wall-{n}.png", wall(spot=70 + n)) for n in range(4)))
    press(app, "scan-all")
    waiting = app.session_state[state._TO_SCAN][-1]
    app.session_state[state._SELECTED] = waiting
    app.run()  # which begins its scan
    press(app, "remove")
    go.set()
    scanned(app)
    assert len(app.session_state[state._ITEMS]) == 3
    assert all(scans.ended(served, each) for each in app.session_state[state._ITEMS])


def test_one_photo_needs_no_such_button(sample_files):
    app = scanned(upload(app_at("app.py"), ("wall.png", wall(spot=80))))
    assert "scan-all" not in keys(app)
