"""The entries of a record, asked for by name and type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from crackxai.errors import SettingsError

MAX_TEXT = 2000
"""Characters of one text in a record."""
ADVICE = "Give the .json file as 'explain' or the page wrote it."


class Entries:
    """An object of the record; what is asked of it is there and of its type, or refused."""

    def __init__(self, facts: object, path: str) -> None:
        self._path = path
        self.facts: Mapping[str, Any] = facts if isinstance(facts, Mapping) else {}

    def garbled(self, name: str, expected: str) -> NoReturn:
        """Refuse the entry. Raises SettingsError."""
        raise SettingsError(
            f"expected {expected} as {self._path}{name} of the record, received {shown(self._get(name))}. {ADVICE}"
        )

    def _get(self, name: str) -> Any:
        if name not in self.facts:
            raise SettingsError(f"expected a record with {self._path}{name}, received one without. {ADVICE}")
        return self.facts[name]

    def part(self, name: str) -> Entries:
        """An object in it."""
        value = self._get(name)
        if not isinstance(value, Mapping):
            self.garbled(name, "an object")
        return Entries(value, f"{self._path}{name}.")

    def text(self, name: str) -> str:
        """A string of at most `MAX_TEXT` characters."""
        value = self._get(name)
        if not isinstance(value, str) or len(value) > MAX_TEXT:
            self.garbled(name, "a text")
        return value

    def number(self, name: str) -> float:
        """A finite number."""
        value = self._get(name)
        if not is_number(value):
            self.garbled(name, "a number")
        return float(value)

    def list(self, name: str) -> list[Any]:
        """A list that is not empty."""
        value = self._get(name)
        if not isinstance(value, list) or not value:
            self.garbled(name, "a list")
        return value


def is_number(value: object) -> bool:
    """Finite, and no truth value."""
    # NaN and the infinities fail the comparison.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e12


def is_whole(value: object) -> bool:
    """An integer, and no truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def shown(value: object) -> str:
    """A recorded value in a message: one short line, without control characters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # a number of more digits, or a list of more depth, than Python writes
        return f"a {type(value).__name__} that is too large to show"
    return text if len(text) <= 80 else f"{text[:77]}..."


def plain(text: str) -> str:
    """A recorded text in a message, as `shown`, without quotation marks."""
    return shown(text)[1:-1] if text.isprintable() and len(text) < 78 else shown(text)
