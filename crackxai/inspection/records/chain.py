"""The chain: canonical JSON, and the hash that each row carries of the one before."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from crackxai.errors import RecordsError

START = "0" * 64
"""What the first row has as the hash of the one before."""
DEEPEST = 64
"""Levels of nesting. Python reads deeper JSON than it can write."""


def canonical(value: object) -> str:
    r"""``value`` as JSON in one way only: equal values give equal text, on every system and in every database.

    Keys in the order of their code points, no space, ASCII with escapes. A text is what it is: "é" as one character
    and as two are two texts. Escaped, it holds what a database's text may not, such as a zero character or the bytes
    of a file's name that are no text. Numbers as Python writes them: the shortest digits that give the float again. So
    1 and 1.0 differ, as do 0.0 and -0.0.

    >>> canonical({"b": [1, 0.1], "a": "é"})
    '{"a":"\\u00e9","b":[1,0.1]}'

    Raises
    ------
    RecordsError : something in it is no plain JSON value, or a number that is not finite.
    """
    _check(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def _check(value: object, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise RecordsError(f"expected at most {DEEPEST} levels within each other to record, received more.")
    if isinstance(value, Mapping):
        # json.dumps would write the keys 1 and "1" alike.
        wrong = [key for key in value if not isinstance(key, str)]
        if wrong:
            raise RecordsError(f"expected texts as names to record, received {wrong[0]!r}.")
        for each in value.values():
            _check(each, depth + 1)
    elif isinstance(value, (list, tuple)):
        for each in value:
            _check(each, depth + 1)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise RecordsError(f"expected finite numbers to record, received {value}. Leave out what is not known.")
    elif value is not None and not isinstance(value, (str, int)):
        raise RecordsError(
            f"expected plain JSON values to record, received {type(value).__name__}. Convert it first, such as with "
            "float() or .tolist()."
        )


def digest(text: str) -> str:
    """SHA-256 of the text as UTF-8, hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def entry_hash(number: int, kind: str, inspection: str, written_at: str, content_sha256: str, previous: str) -> str:
    """What a row is known by to the next: SHA-256 over the canonical JSON of an object of these six, hex."""
    facts: dict[str, Any] = {
        "number": number,
        "kind": kind,
        "inspection": inspection,
        "written_at": written_at,
        "content_sha256": content_sha256,
        "previous": previous,
    }
    return digest(canonical(facts))


class Cover:
    """What a sign-off covers, row by row: `hash` is SHA-256 over the canonical JSON of the list of the rows' hashes.

    >>> Cover(["ab", "cd"]).hash == digest('["ab","cd"]')
    True
    """

    def __init__(self, hashes: Iterable[str] = ()) -> None:
        self.rows = 0
        self._so_far = hashlib.sha256(b"[")
        for each in hashes:
            self.add(each)

    def add(self, row_hash: str) -> None:
        """The next row, in the order of the numbers."""
        comma = "," if self.rows else ""
        self._so_far.update(f"{comma}{canonical(row_hash)}".encode())
        self.rows += 1

    @property
    def hash(self) -> str:
        """Of the rows so far, hex."""
        whole = self._so_far.copy()
        whole.update(b"]")
        return whole.hexdigest()
