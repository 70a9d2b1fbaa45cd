"""Another's words on a page: shown, and nothing else."""

from __future__ import annotations

import string

import pytest

from crackxai.ui.formats import plain
from tests.markdown import active, visible
from tests.nasty import NASTY


@pytest.mark.parametrize("nasty", [*NASTY, *string.punctuation, "www.a.b:c@d.e", "C:\\wall.jpg", "a <- b -- c"])
@pytest.mark.parametrize("around", ["{}", "**Name** {}", "# {} · 12 × 34", "before {}: after"])
def test_nothing_is_active_and_all_of_it_is_seen(nasty, around):
    source = around.format(plain(nasty))
    assert active(source) == active(around.format("wall"))
    assert visible(source) == visible(around.format("X")).replace("X", " ".join(nasty.split()))


def test_the_check_sees_what_is_active():
    """Each of the nasty names but the harmless last ones does something where it is not escaped."""
    for nasty in NASTY[:-2]:
        assert active(nasty) != active("wall"), nasty


def test_usual_names_stay_readable():
    assert plain("wall 3") == "wall 3"
    assert plain("牆面－北側") == "牆面－北側"
    # What is copied from a message can be pasted.
    for words in ("Train again with --learning-rate 0.1", "C:\\photos\\wall.jpg", "a: b"):
        assert visible(plain(words)) == words
        assert "\N{WORD JOINER}" not in plain(words)


def test_what_cannot_be_written_is_no_error():
    assert plain("undecodable \udcff.jpg").encode()
    assert plain("photo\u202egpj.exe") == "photo gpj\\.exe"
    assert plain("two\nlines\x00") == "two lines"
