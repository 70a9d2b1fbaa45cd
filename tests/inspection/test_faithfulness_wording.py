"""What a test found, in words and pictures, in every language."""

from __future__ import annotations

import dataclasses
import io

import pytest
from PIL import Image

from crackxai import Verdict
from crackxai.explain.curves import Curve, FillCurves
from crackxai.explain.faithfulness_result import Faithfulness, Tenth
from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.truth import Localisation
from crackxai.inspection.faithfulness_figure import panel, sheet
from crackxai.inspection.faithfulness_wording import in_words, localisation_words, rows, standing, table
from crackxai.inspection.report import report
from crackxai.texts import LANGUAGES, Texts, catalogue
from tests.inspection.pages import Page

GOOD = FillCurves(
    deletion=Curve((0.0, 0.1, 1.0), (0.98, 0.04, 0.01)),
    insertion=Curve((0.0, 0.1, 1.0), (0.01, 0.9, 0.98)),
    centre_deletion=Curve((0.0, 0.5, 1.0), (0.98, 0.6, 0.01)),
    centre_insertion=Curve((0.0, 0.5, 1.0), (0.01, 0.6, 0.98)),
    random=(Curve((0.0, 0.5, 1.0), (0.98, 0.7, 0.01)), Curve((0.0, 0.5, 1.0), (0.98, 0.8, 0.01))),
)
BAD = dataclasses.replace(GOOD, deletion=Curve((0.0, 0.5, 1.0), (0.98, 0.97, 0.01)))


@pytest.fixture
def found() -> Faithfulness:
    return Faithfulness(
        cracked=True,
        tenth=Tenth(0.1, 0.98, 0.04, (0.9, 0.92), (0.1, 0.11)),
        own=GOOD,
        other=GOOD,
        own_fill=MaskerSettings(),
        other_fill=MaskerSettings("mean"),
        orders=2,
        seed=0,
        evaluations=60,
        total=60,
    )


def test_a_good_map(found):
    tenth, half, judged = in_words(Texts().unmarked(), found)
    assert tenth == (
        "Hiding the 10 % of the area that the map says raises the probability most takes it from 98.0 % to 4.0 %; "
        "hiding as much at random, to 91.0 % (mean of 2 orders)."
    )
    # The map's order: 0.1 · 0.48 / 0.94. The random ones: 0.5 + 0.5 · 0.2 / 0.69, and + 0.5 · 0.3 / 0.79.
    assert half.startswith(
        "It falls below 50 % once 5.1 % of the area is hidden in the map's order; in random orders, "
    )
    assert "once 66.7 % is (the middle one of 2)" in half
    assert judged.startswith("By both curves of its own fill the map is better than chance: deletion by +")


def test_in_a_word(found):
    flat = Curve((0.0, 1.0), (0.02, 0.03))
    little = FillCurves(deletion=flat, insertion=flat, random=(flat, flat))
    changes = {
        "better": {},
        "begun": {"evaluations": 30},
        "flat": {"tenth": None},
        "mixed": {"own": BAD},
        "fill-disagrees": {"other": BAD},
        "little": {"own": little, "cracked": False},
    }
    assert {name: standing(dataclasses.replace(found, **change)) for name, change in changes.items()} == {
        name: name for name in changes
    }


def test_before_there_is_an_answer(found):
    nothing = dataclasses.replace(found, tenth=None, own=FillCurves(), other=FillCurves(), evaluations=0)
    assert in_words(Texts(), nothing) == []
    assert rows(Texts(), nothing) == []


def test_while_it_goes_on_nothing_is_judged(found):
    assert len(in_words(Texts(), dataclasses.replace(found, evaluations=30))) == 1


def test_a_bad_map(found):
    *_, judged = in_words(Texts(), dataclasses.replace(found, own=BAD))
    assert "not better than chance in both curves: deletion by **−" in judged
    assert "Do not take its order for the model's reasons." in judged


def test_a_map_that_is_good_by_its_own_fill_only(found):
    *_, other = in_words(Texts(), dataclasses.replace(found, other=BAD))
    assert other.startswith("By the other fill (Mean colour) it is not")


def test_where_the_centre_does_as_well(found):
    same = dataclasses.replace(GOOD, centre_deletion=GOOD.deletion, centre_insertion=GOOD.insertion)
    assert catalogue("en")["faithfulness.centre"] in in_words(Texts(), dataclasses.replace(found, own=same))
    assert catalogue("en")["faithfulness.centre"] not in in_words(Texts(), found)


def test_random_orders_that_never_cross(found):
    flat = tuple(Curve((0.0, 1.0), (0.98, 0.6)) for _ in range(2))
    _, half, *_ = in_words(Texts(), dataclasses.replace(found, own=dataclasses.replace(GOOD, random=flat)))
    assert "in random orders, once **more than all** is" in half


def test_where_hiding_all_changes_nothing(found):
    low, back = Curve((0.0, 0.5, 1.0), (0.02, 0.02, 0.03)), Curve((0.0, 0.5, 1.0), (0.03, 0.01, 0.02))
    flat = dataclasses.replace(GOOD, deletion=low, insertion=back, random=(low, low))
    sound = dataclasses.replace(
        found, cracked=False, own=flat, tenth=Tenth(0.104, 0.02, 0.02, (0.02, 0.02), (0.1, 0.1))
    )
    first, little = in_words(Texts(), sound)
    assert first.startswith("The model leans to sound, so the question is turned round. Hiding the 10 %")
    assert "in whichever order, the probability stays between 1.0 % and 3.0 %" in little
    # Both ends low, and something else between them: there an order does matter.
    bent = dataclasses.replace(flat, deletion=Curve((0.0, 0.5, 1.0), (0.02, 0.9, 0.03)))
    assert not any("tells little" in words for words in in_words(Texts(), dataclasses.replace(sound, own=bent)))


def test_a_flat_map(found):
    assert in_words(Texts(), dataclasses.replace(found, tenth=None)) == [catalogue("en")["faithfulness.flat"]]


def test_the_table_by_hand(found):
    rows_of = {row[""]: row for row in table(Texts(), found)}
    first, second = "Deletion, Telea", "Insertion, Telea"
    assert rows_of["Map"][first] == "7.4 %"  # 0.1 · 0.51 + 0.9 · 0.025
    assert rows_of["Random orders"][first] == "62.2 %"
    assert rows_of["Better than chance by, points"][first] == "+54.9"
    assert rows_of["Better than chance by, points"][second].startswith("+")
    assert rows_of["Random orders beaten"][first] == rows_of["Random orders beaten"][second] == "2 / 2"
    assert [len(row) for row in rows_of.values()] == [5] * 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures(found, language):
    t = Texts(language)
    small, large = (Image.open(io.BytesIO(data)) for data in (panel(t, found, 0), sheet(t, found)))
    assert small.size[0] > 500
    assert large.size[0] > 1000
    assert large.size[1] > 1.5 * small.size[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_has_it(photo, explanation, found, language):
    words = catalogue(language)
    place = Localisation(2, 0.05, 0.25, 0.4, 0.5, 0.33, 0.026)
    tested = dataclasses.replace(explanation, faithfulness=found, localisation=place)
    page = Page(report(photo, tested, Verdict(0.97, 0.5, 0.4), Texts(language)))
    assert words["faithfulness.title"] in page.text
    assert words["faithfulness.areas"] in page.text
    assert words["faithfulness.report-test"] in page.text
    assert "40.0 %" in page.text
    assert "**" not in page.text
    assert len([value for name, value in page.attributes if name == "src"]) == 3 + 4
    assert words["faithfulness.title"] not in Page(report(photo, explanation, Verdict(0.97, 0.5, 0.4))).text


@pytest.mark.parametrize(("pointing", "words"), [(1.0, "yes"), (0.0, "no"), (0.25, "in part (25 %")])
def test_on_the_true_crack(pointing, words):
    told = localisation_words(Texts(), Localisation(2, 0.05, pointing, None, 0.5, 0.33, 0.026))
    assert words in told
    assert "nothing, as nothing raises it," in told
    assert "which is **5.0 %** of the area" in told
