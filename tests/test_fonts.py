"""Names in figures: with letters of a font that has them, or not at all."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from matplotlib import rc_context, rcParams
from matplotlib.font_manager import FontProperties, findfont

from crackxai import fonts
from crackxai.fonts import families_for
from crackxai.render import explanation_figure, figure_png

PRIVATE = "\ue0f0\U0010fffd"
"""Letters that belong to nobody."""


def title(explanation, name: str) -> tuple[str, list[str]]:
    """Of the photo in a figure that is drawn (with missing letters as errors), and its font families."""
    figure = explanation_figure(dataclasses.replace(explanation, photo_name=name), np.zeros((40, 60, 3), np.uint8))
    figure_png(figure)
    (axes,) = [axes for axes in figure.axes if "crack probability" in axes.get_title()]
    return axes.get_title(), axes.title.get_fontfamily()


def test_matplotlibs_own_font_where_it_does():
    assert families_for("Süd – 3 × 4.png") == tuple(rcParams["font.family"])


def test_a_font_of_this_computer_for_chinese(explanation):
    families = families_for("牆面.png")
    if families is None:
        pytest.skip("no Chinese font on this computer")
    assert not families[1].lower().startswith(fonts.BOXES)
    assert title(explanation, "牆面.png") == ("牆面.png: crack probability 46.9%", list(families))


def test_another_family_is_found_for_letters_that_the_first_lacks():
    """Computer Modern, which comes with Matplotlib, has no Cyrillic; DejaVu, which does too, has."""
    with rc_context({"font.family": ["cmr10"]}):
        first, second = families_for("wall Жя")
        assert families_for("wall") == ("cmr10",)
    assert first == "cmr10"
    letters = fonts._letters_of(findfont(FontProperties(family=[second])))
    assert set("Жя") <= letters


@pytest.mark.parametrize("name", [f"{PRIVATE}.png", "牆面.png"])
def test_without_one_the_name_is_left_out(explanation, monkeypatch, name):
    monkeypatch.setattr(fonts, "_family_with", lambda letters: None)
    assert title(explanation, name) == ("crack probability 46.9%", rcParams["font.family"])


def test_fonts_of_boxes_do_not_count():
    assert families_for(PRIVATE) is None


@pytest.mark.parametrize("name", ["a$b$c.png", "$\\frac{.png", "$$.png", "a_b^c{d}\\e.png"])
def test_a_dollar_begins_no_formula(explanation, name):
    assert title(explanation, name)[0] == f"{name}: crack probability 46.9%"


def test_a_name_stays_on_one_line_and_within_its_picture(explanation):
    assert title(explanation, "a\nb\x1b.png")[0] == "a\\nb\\x1b.png: crack probability 46.9%"
    assert title(explanation, "wall-\udcff.png")[0] == "wall-\\xff.png: crack probability 46.9%"
    long = title(explanation, "a" * 200 + "z.png")[0]
    assert long.startswith("aaaa")
    assert "…" in long
    assert "az.png: crack" in long
    assert len(long) < 65
