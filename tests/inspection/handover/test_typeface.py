"""What the typeface can write, and how lines are broken."""

from __future__ import annotations

import pytest

from crackxai.inspection.handover import typeface
from crackxai.texts import LANGUAGES, catalogue

BIG5 = {
    text
    for high in range(0xA1, 0xFA)
    for low in (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    if len(text := bytes([high, low]).decode("big5", "ignore")) == 1
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_character_of_the_catalogues_can_be_written(language):
    used = set("".join(catalogue(language).values())) - {"\n", "\u2060"}
    assert used <= typeface.advances().keys()


def test_every_letter_of_big5_can_be_written():
    assert len(BIG5) > 13_000
    letters = {each for each in BIG5 if each.isalpha()}
    assert letters - typeface.advances().keys() <= {"ˍ"}


def test_what_cannot_be_written_becomes_a_box_and_never_fails():
    assert typeface.writable("wall 😀.jpg") == "wall □.jpg"
    assert typeface.writable("a\nb\tc") == "a b c"
    assert typeface.writable("\udc80\x1b") == "\\x80\\x1b"
    assert typeface.width(typeface.writable("😀"), 10) > 0


def test_lines_are_no_wider_than_they_may_be():
    text = "The quick brown fox 跳過那隻懶惰的狗，然後（又）跳回來。 " * 5
    for most in (20, 60, 200):
        found = typeface.lines(text, 9, most)
        assert all(typeface.width(line, 9) <= most for line in found)
        assert "".join(found).replace(" ", "") == text.replace(" ", "")


def test_chinese_is_broken_between_characters_but_not_before_punctuation():
    found = typeface.lines("牆面裂縫，牆面。", 10, 45)
    assert found == ["牆面裂", "縫，牆面。"] or all(line[0] not in "，。" for line in found)
    assert typeface.lines("bridge pier", 10, 45) == ["bridge", "pier"]


def test_a_word_that_is_too_long_is_cut():
    found = typeface.lines("a" * 64, 9, 60)
    assert len(found) > 1
    assert "".join(found) == "a" * 64
    assert typeface.lines("", 9, 60) == [""]
