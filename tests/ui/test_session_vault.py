"""What is kept of sessions that were left, for whom, and for how long."""

from __future__ import annotations

import pytest

from crackxai.ui.session_vault import LEFT_S, Kept, SessionVault
from tests.ui.test_presence import Server


class House:
    """A vault of photos of one byte a letter, sessions to keep in it, and what was dropped."""

    def __init__(self) -> None:
        self.server = Server()
        self.dropped: list[tuple[dict, tuple]] = []
        self.vault = SessionVault(
            lambda held, names: self.dropped.append((held, names)),
            lambda held: sum(map(len, held["photos"])),
            keep_s=60,
            keep_bytes=10,
        )

    def keep(self, name: str, *photos: str, owner: str = "") -> None:
        presence = self.server.session(name)
        self.vault.keep(f"token of {name}", Kept(presence, {"photos": list(photos)}, owner, (name,)))

    def leave(self, name: str, seconds: float = 1) -> None:
        self.vault.prune()
        self.server.open.discard(name)
        self.server.now += seconds
        self.vault.prune()


@pytest.fixture
def house() -> House:
    return House()


def test_a_vanished_session_is_given_back_once(house):
    house.keep("mine", "aa")
    house.keep("yours", "bb")
    house.leave("mine")
    assert house.vault.take_back("token of nobody", "") is None
    kept = house.vault.take_back("token of mine", "")
    assert kept.state == {"photos": ["aa"]}
    assert house.vault.take_back("token of mine", "") is None
    assert not house.dropped


def test_a_session_that_is_still_there_is_shared_and_stays(house):
    house.keep("mine", "aa")
    assert house.vault.take_back("token of mine", "").state == {"photos": ["aa"]}
    assert "token of mine" in house.vault


def test_another_user_gets_nothing_and_takes_nothing_away(house):
    house.keep("mine", "aa", owner="ann")
    house.leave("mine")
    assert house.vault.take_back("token of mine", "bob") is None
    assert house.vault.take_back("token of mine", "") is None
    assert house.vault.take_back("token of mine", "ann") is not None


def test_too_long_is_too_long(house):
    house.keep("mine", "aa")
    house.leave("mine", 59)
    assert "token of mine" in house.vault
    house.leave("mine", 2)
    assert house.vault.take_back("token of mine", "") is None
    assert house.dropped == [({"photos": ["aa"]}, ("mine",))]


def test_who_is_there_is_never_dropped(house):
    house.keep("mine", "a" * 1000)
    house.server.now += 1000
    house.vault.prune()
    assert not house.vault.drop_oldest()
    assert "token of mine" in house.vault


def test_beyond_the_bytes_the_first_to_vanish_goes_first(house):
    for name in ("first", "second", "third"):
        house.keep(name, "a" * 4)
    house.leave("first")
    house.leave("second")
    assert not house.dropped
    house.leave("third")  # 12 of 10 bytes
    assert [names for _, names in house.dropped] == [("first",)]
    assert house.vault.drop_oldest()
    assert [names for _, names in house.dropped] == [("first",), ("second",)]


def test_one_session_alone_may_be_too_large(house):
    house.keep("mine", "a" * 11)
    house.leave("mine")
    assert "token of mine" not in house.vault


def test_memory_goes_back_once_something_was_let_go(house):
    """Nothing is left at first; then a session is; it is still; then it ends."""
    house.keep("mine", "aa")
    assert not house.vault.prune()
    house.server.open.discard("mine")
    assert not house.vault.prune()  # the page may be loading again
    house.server.now += LEFT_S + 1
    assert house.vault.prune()
    assert not house.vault.prune()
    house.server.now += 60
    assert house.vault.prune()
    assert house.dropped
    assert not house.vault.prune()
