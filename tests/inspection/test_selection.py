"""Photos chosen and ordered, by hand-made cases."""

from __future__ import annotations

import dataclasses

import pytest

from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.decisions import Decision
from crackxai.inspection.records.facts import Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.selection import ORDERS, Selection, beside, day_of, element_of, elements, overriding


def stored(said, number: int = 1) -> Stored:
    return Stored(number, "i", "2026-03-01T10:00:00+00:00", "h", said)


def photo(
    name: str, machine: tuple[str, float] | None = None, decided: str = "", doubted: bool = False, **facts: str
) -> PhotoDossier:
    """decided : "ada:crack bob:no-crack"."""
    sha256 = name.encode().hex().ljust(64, "0")[:64]
    file = PhotoFile(name, sha256, 10, 10, 1, **facts)
    judgement = machine and Judgement(
        "m", "f", {}, machine[0], machine[1], 0.5, 0.1, ({"kind": "dark"},) if doubted else ()
    )
    facts_then = machine and {"verdict": machine[0]}
    decisions = tuple(
        stored(Decision(who, verdict, machine=facts_then))
        for who, verdict in (each.split(":") for each in decided.split())
    )
    return PhotoDossier(stored(file), judgement and stored(judgement), decisions)


PHOTOS = (
    photo("IMG_10.jpg", ("crack", 0.9), "ada:crack", taken_at="2026-03-02T08:00:00"),
    photo("IMG_9.jpg", ("no-crack", 0.1), "ada:crack", element="pier 10", taken_at="2026-03-01T23:59:59"),
    photo("wall.jpg", ("review", 0.52), doubted=True, element="pier 2"),
    photo("Floor.JPG", None, "ada:review", taken_at="2026-03-03"),
    photo("both.jpg", ("crack", 0.9), "ada:crack bob:no-crack"),
)
BRIDGE = Dossier(stored(Inspection("Bridge", element="deck")), PHOTOS, (), 1, "c")
TEN, NINE, WALL, FLOOR, BOTH = (each.name for each in PHOTOS)


def names(**asked: object) -> list[str]:
    return [each.name for each in Selection(**{"order": "added", **asked}).of(BRIDGE)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [TEN, NINE, WALL, FLOOR, BOTH]),
        ({"machine": ("crack",)}, [TEN, BOTH]),
        ({"machine": ("unjudged", "review")}, [WALL, FLOOR]),
        ({"doubts": ("doubted",)}, [WALL]),
        ({"doubts": ("undoubted",)}, [TEN, NINE, FLOOR, BOTH]),
        ({"doubts": ("doubted", "undoubted")}, [TEN, NINE, WALL, FLOOR, BOTH]),
        ({"decided": ("undecided",)}, [WALL]),
        ({"decided": ("crack",)}, [TEN, NINE]),
        ({"decided": ("review",)}, [FLOOR, BOTH]),  # who differ ask for another look
        ({"differences": ("machine",)}, [NINE, BOTH]),
        ({"differences": ("people",)}, [BOTH]),
        ({"differences": ("machine", "people")}, [NINE, BOTH]),
        ({"elements": ("deck",)}, [TEN, FLOOR, BOTH]),
        ({"elements": ("pier 2", "pier 10")}, [NINE, WALL]),
        ({"first": "2026-03-02"}, [TEN, FLOOR]),
        ({"last": "2026-03-01"}, [NINE]),
        ({"first": "2026-03-02", "last": "2026-03-02"}, [TEN]),
        ({"text": " img_ "}, [TEN, NINE]),
        ({"text": "floor"}, [FLOOR]),
        ({"machine": ("crack",), "decided": ("crack",)}, [TEN]),  # all that is asked for counts
    ],
)
def test_filters(asked, expected):
    assert names(**asked) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("suspicion", [TEN, BOTH, WALL, NINE, FLOOR]),  # of two that are equal, the first that came
        # People ask for a look (3 + all open, 3 + 0.47 bits), the machine doubts (2 + about 1), settled ones.
        ("gain", [FLOOR, BOTH, WALL, TEN, NINE]),
        ("added", [TEN, NINE, WALL, FLOOR, BOTH]),
        ("name", [BOTH, FLOOR, NINE, TEN, WALL]),  # 9 before 10, whatever the case
    ],
)
def test_orders(order, expected):
    assert names(order=order) == expected
    assert order in ORDERS


def test_names_of_any_script_can_be_ordered():
    odd = tuple(photo(name) for name in ("٣.jpg", "3.jpg", "²a", "", "牆 12", "牆 2", "a", "1a", "a1"))
    ordered = Selection(order="name").of(dataclasses.replace(BRIDGE, photos=odd))
    assert [each.name for each in ordered] == ["", "1a", "3.jpg", "a", "a1", "²a", "٣.jpg", "牆 2", "牆 12"]


def test_how_many_filters_there_are():
    assert Selection().filters == 0
    assert Selection(order="name", text="  ").filters == 0
    assert Selection(machine=("crack", "review"), first="2026-03-01", last="2026-03-02", text="a").filters == 3


def test_elements_and_days():
    assert [element_of(BRIDGE, each) for each in PHOTOS] == ["deck", "pier 10", "pier 2", "deck", "deck"]
    assert elements(BRIDGE) == ("deck", "pier 2", "pier 10")
    assert [day_of(each) for each in PHOTOS] == ["2026-03-02", "2026-03-01", "", "2026-03-03", ""]


def test_beside():
    assert [beside("abc", place, step) for place, step in (("a", -1), ("a", 1), ("b", -1), ("c", 1), ("x", 1))] == [
        None, "b", "a", None, None,
    ]  # fmt: skip


def test_what_a_decision_overrides():
    """Review, and no answer at all, say nothing that could be overridden."""
    assert [each.name for each in overriding(PHOTOS, "crack")] == [NINE]
    assert [each.name for each in overriding(PHOTOS, "no-crack")] == [TEN, BOTH]
    assert [each.name for each in overriding(PHOTOS, "review")] == [TEN, NINE, BOTH]
