"""A record beside the one that was made again, entry for entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crackxai.explain.entries import plain, shown
from crackxai.explain.recorded_tests import numbers_differ

TOLERANCE = 1e-4
"""Largest difference of a cell's sum, a probability or the base value that rounding on another processor, or in
another version, explains."""
TOLERANCE_MEASURED = 1e-3
"""The same of what a quality check measured, relative."""
TOLERANCE_TESTED = 1e-5
"""The same of what a test of the same map found, written with six digits."""
TESTED = ("faithfulness", "localisation")
Path = tuple[str, ...]
"""Of an entry: ("model", "name"). Not joined by dots, which a name may contain."""
MAP: Path = ("values_sha256",)
SUM: Path = ("sum_of_values",)
CELLS: Path = ("cell_sums",)
PROBABILITIES: tuple[Path, ...] = (("probability",), ("base_value",), SUM, CELLS, ("verdict", "probability"))
TIME: Path = ("seconds",)
"""Never the same."""
ENGINE: tuple[Path, ...] = tuple(("model", name) for name in ("device", "processor", "computed_in", "precision"))
"""What it was computed with: told by `crackxai.explain.verify`."""


@dataclass
class Comparison:
    """What was found.

    Attributes
    ----------
    same_map : the maps are equal bit for bit.
    differences : entries that count, a sentence each; notes : others.
    only_numbers : whether nothing but probabilities, and what follows from them, differs.
    largest_difference : of a probability, a sum or a cell's sum.
    """

    same_map: bool
    differences: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    only_numbers: bool = True
    largest_difference: float = 0.0


def compare(recorded: Mapping[str, Any], made: Mapping[str, Any]) -> Comparison:
    """Every entry of the one with that of the other.

    Where the maps are equal bit for bit, so must be all numbers; else they may differ by `TOLERANCE`. The file's name
    may be another, and so may versions, device and processor; these are told. What is only in the record is told as
    not compared, and so is the time, which is never the same.
    """
    found = Comparison(recorded["values_sha256"] == made["values_sha256"])
    old, new = dict(_entries(recorded)), dict(_entries(made))
    unknown = []
    if not found.same_map and (told := [name for name in TESTED if name in recorded]):
        found.notes.append(
            "not compared, since the map, and with it the order of its regions, is another in its last digits: "
            f"{', '.join(told)}"
        )
    for path in (*old, *(path for path in new if path not in old)):
        if path == TIME or path in ENGINE:
            continue
        if path == MAP:
            if not found.same_map and recorded["sum_of_values"] == made["sum_of_values"]:
                # Another map has another sum in its last digits: it is the hash alone that is another.
                _differs(path, old[path], new[path], found)
            elif not found.same_map:
                found.notes.append(f"{_name(path)}: recorded {plain(old[path])}, made again {plain(new[path])}")
        elif path in PROBABILITIES:
            _compare_probabilities(path, old[path], new[path], found)
        elif path[0] == "versions":
            if old.get(path) != new.get(path):
                versions = (plain(each.get(path, "none")) for each in (old, new))
                found.notes.append(f"recorded with another version: {path[-1]}: {' -> '.join(versions)}")
        elif path[0] in TESTED and (path in new or path[0] in made):
            # Of another map the order of the regions is another.
            if found.same_map and numbers_differ(old.get(path), new.get(path), TOLERANCE_TESTED):
                _differs(path, old.get(path), new.get(path), found)
        elif path in old and path in new:
            _compare_entry(path, old[path], new[path], found)
        elif path in old and path[:2] not in (("photo", "box"), ("photo", "scale")):
            unknown.append(_name(path))
        elif path in old or path[0] not in ("model", "settings"):  # older records do not tell all of these
            _differs(path, old.get(path), new.get(path), found)
    if unknown:
        more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
        found.notes.append(f"not compared, since no such entry is made again: {', '.join(unknown[:5])}{more}")
    return found


def _entries(part: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Paths and values; lists are values."""
    for name, value in part.items():
        if isinstance(value, Mapping):
            yield from _entries(value, (*path, name))
        else:
            yield (*path, name), value


def _name(path: Path) -> str:
    return plain(".".join(path))


def _compare_probabilities(path: Path, old: Any, new: Any, found: Comparison) -> None:
    before, now = np.asarray(old, dtype=np.float64), np.asarray(new, dtype=np.float64)
    if before.shape != now.shape:
        _differs(path, before.shape, now.shape, found)
        return
    distance = np.abs(before - now)
    found.largest_difference = max(found.largest_difference, float(distance.max()))
    # Sums are added up in another order elsewhere, and cells are written with six digits.
    exact = {SUM: 1e-9, CELLS: 1e-5 * np.abs(now) + 1e-9}.get(path, 0.0)
    wrong = distance > (exact if found.same_map else TOLERANCE)
    if wrong.any():
        worst = tuple(int(i) for i in np.unravel_index(int(distance.argmax()), distance.shape))
        place = f"row {worst[0] + 1}, column {worst[1] + 1}, of {int(wrong.sum())} that differ: " if worst else ""
        found.differences.append(f"{_name(path)}: {place}recorded {before[worst]:.9g}, made again {now[worst]:.9g}")


def _compare_entry(path: Path, old: Any, new: Any, found: Comparison) -> None:
    if _equal(old, new):
        return
    if path == ("photo", "name"):
        found.notes.append(f"the file was called {shown(old)}, now {shown(new)}; it is the same photo by its SHA-256")
    else:
        _differs(path, old, new, found, by_numbers=path[0] == "verdict" and not found.same_map)


def _differs(path: Path, old: Any, new: Any, found: Comparison, *, by_numbers: bool = False) -> None:
    told = ("nothing" if value is None else shown(value) for value in (old, new))
    found.differences.append(f"{_name(path)}: recorded {', made again '.join(told)}")
    found.only_numbers &= by_numbers


def _equal(old: Any, new: Any) -> bool:
    """Equal values of equal types; measured numbers but for rounding."""
    if isinstance(new, Mapping):
        return isinstance(old, Mapping) and old.keys() == new.keys() and all(_equal(old[key], new[key]) for key in new)
    if isinstance(new, (list, tuple)):
        return (
            isinstance(old, (list, tuple))
            and len(old) == len(new)
            and all(_equal(a, b) for a, b in zip(old, new, strict=True))
        )
    if isinstance(new, bool) or not isinstance(new, (int, float)):
        return type(old) is type(new) and bool(old == new)
    is_number = isinstance(old, (int, float)) and not isinstance(old, bool)
    if not is_number or isinstance(new, int):
        return is_number and bool(old == new)
    return bool(abs(old - new) <= TOLERANCE_MEASURED * abs(new))
