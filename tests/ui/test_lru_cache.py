"""The bounded store."""

from __future__ import annotations

from crackxai.ui.lru_cache import LRUCache


def test_the_least_recently_used_is_dropped():
    recent, made = LRUCache(2), []

    def get(key):
        return recent.get(key, lambda: made.append(key) or key.upper())

    assert [get(key) for key in "abacab"] == list("ABACAB")
    assert made == ["a", "b", "c", "b"]


def test_bounded_by_size_as_things_grow():
    sizes = {"a": 40, "b": 40}
    recent = LRUCache(10, 100, lambda key: sizes[key])
    for key in "ab":
        recent.get(key, lambda key=key: key)
    assert recent.peek("a") == "a"  # a use: now b is the oldest
    sizes["a"] = 90
    sizes["c"] = 5
    recent.get("c", lambda: "c")
    assert (recent.peek("a"), recent.peek("b"), recent.peek("c")) == ("a", None, "c")


def test_the_last_one_stays_however_large():
    recent = LRUCache(10, 100, lambda _: 1000)
    recent.get("a", lambda: "a")
    recent.get("b", lambda: "b")
    assert (recent.peek("a"), recent.peek("b")) == (None, "b")
