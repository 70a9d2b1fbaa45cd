"""The server's one account: what is counted, refused, given up; and that the session's own goes with it."""

from __future__ import annotations

import gc
import threading

import pytest

from crackxai import SettingsError
from crackxai.ui import budget as budget_module
from crackxai.ui.budget import LEAST, MOST, VARIABLE, Budget, BudgetError, allowed_bytes


class File:
    def __init__(self, name: str, size: int) -> None:
        self.name, self.data = name, bytes(size)


def test_the_owner_sets_it(monkeypatch):
    monkeypatch.setenv(VARIABLE, "64")
    assert allowed_bytes() == 64 * 2**20


@pytest.mark.parametrize("value", ["", "0", "-5", "many", "1.5"])
def test_what_is_no_number_of_megabytes_is_an_error(monkeypatch, value):
    monkeypatch.setenv(VARIABLE, value)
    with pytest.raises(SettingsError, match="positive whole number of megabytes"):
        allowed_bytes()


@pytest.mark.parametrize(
    ("memory", "allowed"), [(2**30, LEAST), (16 * 2**30, 4 * 2**30), (2**40, MOST)], ids=["small", "usual", "large"]
)
def test_by_default_it_is_a_quarter_of_the_memory(monkeypatch, memory, allowed):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(budget_module, "_memory_bytes", lambda: memory)
    assert allowed_bytes() == allowed


def test_files_count_for_as_long_as_anybody_holds_them():
    account = Budget(1000)
    mine, again = File("a", 100), None
    account.admit(mine)
    again = mine
    del mine
    assert account.used["files"] == 100
    assert account.files() == [again]
    del again
    gc.collect()
    assert account.used["files"] == 0
    assert account.files() == []


def test_one_session_does_not_fill_the_server():
    account = Budget(1000)  # 750 for files, 375 for those of one session
    mine = [File("a", 300)]
    account.admit(mine[0])
    with pytest.raises(BudgetError, match="in one session") as refused:
        account.admit(File("b", 100), mine)
    assert refused.value.message.name == "budget.session-full"
    theirs = File("c", 300)
    account.admit(theirs)  # another's
    with pytest.raises(BudgetError) as refused:
        account.admit(File("d", 300))
    assert refused.value.message.name == "budget.server-full"
    assert account.used["files"] == 600


def test_the_number_of_files_is_bounded_too(monkeypatch):
    monkeypatch.setattr(budget_module, "MOST_FILES", 2)
    with pytest.raises(BudgetError, match="at most 2 photos"):
        Budget(1000).admit(File("c", 1), [File("a", 1), File("b", 1)])


def test_what_can_be_made_again_gives_way_to_files_and_what_is_first_named_goes_first():
    account = Budget(1000)
    decoded, runs = account.shelf("decoded", 1, len), account.shelf("runs", 1, len)
    for number in range(3):
        decoded.put(number, bytes(150))
        runs.put(number, bytes(100))
    kept = File("a", 300)
    account.admit(kept)
    # 750 + 300 is 50 too many: the decoded photo that was used longest ago is enough.
    assert account.used == {"files": 300, "decoded": 300, "runs": 300}
    assert decoded.peek(0) is None
    more = File("b", 350)
    account.admit(more)
    assert account.used == {"files": 650, "decoded": 150, "runs": 200}  # the last one used always stays


def test_a_share_is_a_bound_of_its_own():
    shelf = Budget(1000).shelf("decoded", 0.1, len)
    for number in range(5):
        shelf.put(number, bytes(60))
    assert len(shelf) == 1


def test_sessions_that_went_away_make_room():
    account = Budget(1000)
    left = [File("a", 375), File("b", 375)]
    for file in left:
        account.admit(file)

    def drop_oldest() -> bool:
        if left:
            left.pop(0)
        return True

    del file
    account.make_room = drop_oldest
    account.admit(File("c", 300))
    assert [file.name for file in left] == ["b"]


def test_many_threads_keep_one_account():
    account, kept, refused = Budget(100_000), [], []

    def come(number: int) -> None:
        for _ in range(50):
            file = File(str(number), 300)
            try:
                account.admit(file)
                kept.append(file)
            except BudgetError:
                refused.append(number)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    del threads
    assert len(kept) == 250  # 75,000 of 100,000
    assert account.used["files"] == 75_000
    kept.clear()
    gc.collect()
    assert account.used["files"] == 0
