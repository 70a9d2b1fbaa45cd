"""Which photos of an inspection are looked at, and in which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.model.decision import Kind

Machine = Literal["crack", "no-crack", "review", "unjudged"]
Doubt = Literal["doubted", "undoubted"]
Decided = Literal["undecided", "crack", "no-crack", "review"]
Difference = Literal["machine", "people"]
Order = Literal["suspicion", "gain", "added", "name"]

MACHINE: tuple[Machine, ...] = ("crack", "review", "no-crack", "unjudged")
DOUBTS: tuple[Doubt, ...] = ("doubted", "undoubted")
DECISIONS: tuple[Decided, ...] = ("undecided", "crack", "no-crack", "review")
DIFFERENCES: tuple[Difference, ...] = ("machine", "people")
ORDERS: tuple[Order, ...] = ("suspicion", "gain", "added", "name")


@dataclass(frozen=True)
class Selection:
    """What is asked for. Within a field one value is enough, and nothing in it asks for nothing; all fields count.

    Attributes
    ----------
    machine : what the machine says. doubts : whether it doubts that it can tell.
    decided : what people say. differences : "machine": somebody decided other than it had said; "people": people say
        different things.
    elements : of the structure. first, last : day on which it was taken, YYYY-MM-DD, both included; "" is any. A photo
        whose day is not known is left out where one is asked for.
    text : a part of the file's name, in any case.
    order : "suspicion": highest probability first; "gain": what a look would settle most; "added": as they came;
        "name": numbers in it by their size. Photos that are equal stay in the order in which they came.
    """

    machine: tuple[Machine, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    decided: tuple[Decided, ...] = ()
    differences: tuple[Difference, ...] = ()
    elements: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    text: str = ""
    order: Order = "suspicion"

    @property
    def filters(self) -> int:
        """How many fields leave photos out."""
        asked = (self.machine, self.doubts, self.decided, self.differences, self.elements, self.text.strip())
        return sum(map(bool, asked)) + bool(self.first or self.last)

    def of(self, dossier: Dossier) -> tuple[PhotoDossier, ...]:
        """The photos asked for, in order."""
        text = self.text.strip().casefold()
        asked: list[Callable[[PhotoDossier], bool]] = []
        if self.machine:
            asked.append(lambda each: (each.machine or "unjudged") in self.machine)
        if self.doubts:
            asked.append(lambda each: ("doubted" if each.doubted else "undoubted") in self.doubts)
        if self.decided:
            asked.append(lambda each: (each.decided or "undecided") in self.decided)
        if self.differences:
            asked.append(self._differs)
        if self.elements:
            asked.append(lambda each: element_of(dossier, each) in self.elements)
        if self.first or self.last:
            asked.append(self._within)
        if text:
            asked.append(lambda each: text in each.name.casefold())
        return tuple(sorted((each for each in dossier.photos if all(ask(each) for ask in asked)), key=self._key))

    def _within(self, photo: PhotoDossier) -> bool:
        day = day_of(photo)
        return bool(day) and self.first <= day <= (self.last or day)

    def _differs(self, photo: PhotoDossier) -> bool:
        return ("machine" in self.differences and photo.overridden) or ("people" in self.differences and photo.disputed)

    def _key(self, photo: PhotoDossier) -> Any:
        if self.order == "suspicion":
            return -photo.suspicion
        if self.order == "gain":
            return -photo.gain
        return _natural(photo.name) if self.order == "name" else 0


def element_of(dossier: Dossier, photo: PhotoDossier) -> str:
    """Of the structure: its own, else the inspection's; "" where none is told."""
    return photo.photo.said.element.strip() or dossier.facts.said.element.strip()


def day_of(photo: PhotoDossier) -> str:
    """On which it was taken, YYYY-MM-DD; "" where its file does not tell."""
    return (photo.photo.said.taken_at or "")[:10]


def elements(dossier: Dossier) -> tuple[str, ...]:
    """Of all its photos, by name; those without one are not among them."""
    return tuple(sorted({element_of(dossier, each) for each in dossier.photos} - {""}, key=_natural))


def beside(sequence: Iterable[str], place: str, step: int) -> str | None:
    """What stands that many steps further (or before, where negative); None where nothing does.

    >>> beside("abc", "b", 1), beside("abc", "c", 1), beside("abc", "x", 1)
    ('c', None, None)
    """
    all_of_it = list(sequence)
    if place not in all_of_it:
        return None
    at = all_of_it.index(place) + step
    return all_of_it[at] if 0 <= at < len(all_of_it) else None


def overriding(photos: Iterable[PhotoDossier], verdict: Kind) -> tuple[PhotoDossier, ...]:
    """Those of which the machine says another thing than ``verdict``, so that a reason is needed."""
    return tuple(each for each in photos if each.machine not in (None, "review", verdict))


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Digits in a row as the number that they are."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return tuple((0, int(part), "") if "0" <= part[0] <= "9" else (1, 0, part) for part in parts)
