"""What a record says of its map's worth, read: a test that can be done again, a place on a mask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crackxai.errors import SettingsError
from crackxai.explain.entries import Entries, is_number, is_whole, shown
from crackxai.explain.faithfulness import FaithfulnessSettings
from crackxai.explain.maskers import MaskerSettings, masker_parameters
from crackxai.explain.truth import MOST_WIDENED

MOST_EVALUATIONS = 10_000
"""More than any test asks for."""


@dataclass(frozen=True)
class RecordedTest:
    """How a map was tested, and as far as it went."""

    settings: FaithfulnessSettings
    evaluations: int


def recorded_test(facts: Entries) -> RecordedTest:
    """What has to be known to do it again; what was found is for `crackxai.explain.verify` to compare.

    Raises
    ------
    SettingsError : an entry is missing, or garbled.
    """
    settings = facts.part("settings")
    fill = _fill(settings.part("other"))
    numbers = {}
    for name in ("orders", "seed"):
        settings.number(name)
        if not is_whole(settings.facts[name]):
            settings.garbled(name, "a whole number")
        numbers[name] = settings.facts[name]
    evaluations = facts.facts.get("evaluations")
    if not isinstance(evaluations, int) or not is_whole(evaluations) or not 0 < evaluations <= MOST_EVALUATIONS:
        facts.garbled("evaluations", f"a whole number of 1 to {MOST_EVALUATIONS:,}")
    return RecordedTest(FaithfulnessSettings(fill, **numbers), evaluations)


def widened_by(facts: Entries) -> int:
    """Pixels by which a recorded crack was widened. SettingsError: it is no such number."""
    facts.number("area")
    value = facts.facts.get("widened")
    if not isinstance(value, int) or not is_whole(value) or not 0 <= value <= MOST_WIDENED:
        facts.garbled("widened", f"a whole number of 0 to {MOST_WIDENED} pixels")
    return value


def _fill(facts: Entries) -> MaskerSettings:
    known = {"masker", *(each.name for each in masker_parameters())}
    if unknown := sorted(map(str, facts.facts.keys() - known)):
        raise SettingsError(f"expected a fill of {', '.join(sorted(known))}, received {shown(unknown[0])} too.")
    facts.text("masker")
    return MaskerSettings(**facts.facts)


def numbers_differ(old: Any, new: Any, tolerance: float) -> bool:
    """Whether two entries of a test, numbers or lists of them, differ by more than ``tolerance``, relative to 1 or to
    the number itself where that is larger; other entries, whether they differ at all."""
    if isinstance(new, list):
        return (
            not isinstance(old, list)
            or len(old) != len(new)
            or any(numbers_differ(a, b, tolerance) for a, b in zip(old, new, strict=True))
        )
    if isinstance(new, float) and is_number(old) and not isinstance(old, Mapping):
        return bool(abs(old - new) > tolerance * max(1.0, abs(new)))
    return bool(old != new)
