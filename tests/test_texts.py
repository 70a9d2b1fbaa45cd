"""Texts of a language, and messages in it."""

from __future__ import annotations

from crackxai.errors import Message
from crackxai.texts import Texts


def test_a_text_by_its_name():
    assert Texts("en")("photos.sample", number=3) == "Sample 3"
    assert Texts("zh-Hant")("photos.sample", number=3) == "範例 3"
    assert "**Too dark:**" in Texts("en")("quality.dark", measured=1, limit=2)
    assert "*" not in Texts("en").unmarked()("quality.dark", measured=1, limit=2)


def test_the_facts_of_a_text_are_left_as_they_are():
    assert Texts("en").unmarked()("photos.alt", name="**a** {b}") == "The photo **a** {b}"


def test_messages_and_the_messages_within_them():
    inner = Message("measure.contrast", "contrast")
    outer = Message(
        "quality.unlike", "{measured} {limit} {measure} {value} {low} {high}", measured=1, limit=2, measure=inner,
        value=3, low=4, high=5,
    )  # fmt: skip
    assert "contrast (spread of L*) 3" in Texts("en").message(outer)
    assert str(outer) == "1 2 contrast 3 4 5"
    assert Texts("zh-Hant").message("no message") == "no message"
    assert Texts("zh-Hant").message(Message("of.nobody", "as it is")) == "as it is"
