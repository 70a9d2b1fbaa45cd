"""Rating scales, from data files: what a person may choose. Nothing in the program chooses from them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crackxai.errors import RecordsError

FOLDER = Path(__file__).parent / "rating_scales"
STATUS = "as found, check with your authority"
"""What is said of every scale: none was compared with the authority's own print."""


@dataclass(frozen=True)
class RatingScale:
    """A scale as it was found.

    Attributes
    ----------
    key : of its file and of records. name : for people. edition : of the rule, or that it was not found.
    source : where it was read. status : `STATUS`.
    parts : name of each part that is rated on its own -> its classes, value -> words; the best value first.
    notes : what else was found.
    """

    key: str
    name: str
    edition: str
    source: str
    status: str
    parts: Mapping[str, Mapping[str, str]]
    notes: tuple[str, ...] = ()

    def check(self, values: Mapping[str, str]) -> None:
        """Raise RecordsError where the values are not one of each part's classes."""
        if values.keys() != self.parts.keys():
            raise RecordsError(
                f"expected a value for each of {', '.join(self.parts)} on {self.name}, received "
                f"{', '.join(values) or 'none'}."
            )
        for part, value in values.items():
            if value not in self.parts[part]:
                raise RecordsError(
                    f"expected {part} of {', '.join(self.parts[part])} on {self.name}, received {value!r}."
                )


@cache
def rating_scales() -> Mapping[str, RatingScale]:
    """All of them by key, in the order of their files' names."""
    return {path.stem: _read(path) for path in sorted(FOLDER.glob("*.toml"))}


def rating_scale(key: str) -> RatingScale:
    """The scale of that key. Raises RecordsError where there is none."""
    scales = rating_scales()
    if key not in scales:
        raise RecordsError(f"expected a rating scale of {', '.join(scales)}, received {key!r}.")
    return scales[key]


def _read(path: Path) -> RatingScale:
    facts = tomllib.loads(path.read_text("utf-8"))
    return RatingScale(
        path.stem,
        facts["name"],
        facts["edition"],
        facts["source"],
        facts["status"],
        facts["parts"],
        tuple(facts.get("notes", ())),
    )
