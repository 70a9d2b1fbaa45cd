"""What tells whether a session's page is still open."""

from __future__ import annotations

import pytest

from crackxai.ui.presence import GONE_S, Presence


class Server:
    """Connections and a clock that the test sets."""

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.now = 0.0

    def session(self, name: str) -> Presence:
        self.open.add(name)
        return Presence(name, lambda session: session in self.open, lambda: self.now)


@pytest.fixture
def server() -> Server:
    return Server()


def test_a_page_is_wanted_while_it_is_open_and_a_little_after(server):
    mine = server.session("mine")
    server.now = 1000.0
    assert mine.connected()
    assert mine.away_s() == 0
    server.open.clear()
    server.now += GONE_S - 1
    assert mine.connected()
    assert not mine.alive()
    server.now += 2
    assert not mine.connected()
    assert mine.away_s() == GONE_S + 1


def test_a_hiccup_is_forgiven(server):
    mine = server.session("mine")
    for _ in range(5):
        server.open.clear()
        server.now += GONE_S - 1
        assert mine.connected()
        server.open.add("mine")
        assert mine.connected()


def test_what_a_session_waited_for_is_wanted_by_the_one_that_came_back(server):
    before, after = server.session("before"), server.session("after")
    before.bequeath(after)
    server.open.remove("before")
    server.now += 10 * GONE_S
    assert before.connected()
    assert not before.alive()
    server.open.clear()
    server.now += 10 * GONE_S
    assert not before.connected()


def test_what_takes_hours_is_wanted_for_longer(server):
    mine = server.session("mine")
    assert mine.connected(60)
    server.open.clear()
    server.now += GONE_S + 1
    assert not mine.connected()
    assert mine.connected(60)
    mine.bequeath(heir := server.session("heir"))
    server.now += 60
    assert heir.connected()
    assert mine.connected(60)
    server.open.clear()
    server.now += 61
    assert not mine.connected(60)
