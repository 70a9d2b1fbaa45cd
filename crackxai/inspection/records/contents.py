"""What is recorded as plain JSON and back, and a row as it is read back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from crackxai.inspection.records.accounts import Refusal, RoleChange, SignIn
from crackxai.inspection.records.decisions import Decision, Rating, SizeOf
from crackxai.inspection.records.facts import Deletion, Imported, Inspection, PhotoFile, SignOff
from crackxai.inspection.records.judgements import ExplanationRecord, Judgement
from crackxai.inspection.records.sizes import Size
from crackxai.photo import Box

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Stored(Generic[T_co]):
    """A row as it is read back.

    Attributes
    ----------
    number : in the chain, from 1 on. inspection : which one it is of. written_at : UTC, ISO 8601.
    hash : what the next row carries of it. said : what was recorded.
    photo, sha256 : number of the photo's row at that time, and its file's SHA-256; None where it is not of a photo.
    account : of the person who said it, see `crackxai.inspection.records.logins.account_of`; None: nobody logged in.
    """

    number: int
    inspection: str
    written_at: str
    hash: str
    said: T_co
    photo: int | None = None
    sha256: str | None = None
    account: str | None = None


KINDS: dict[str, type[Any]] = {
    "inspection": Inspection, "photo": PhotoFile, "judgement": Judgement, "explanation": ExplanationRecord,
    "size": SizeOf, "rating": Rating, "decision": Decision, "sign-off": SignOff, "deletion": Deletion,
    "import": Imported, "sign-in": SignIn, "refusal": Refusal, "role": RoleChange,
}  # fmt: skip
"""By kind of row."""


def to_content(said: Any) -> dict[str, Any]:
    """Plain JSON values of one of `KINDS`, by name."""
    return {each.name: _plain(getattr(said, each.name)) for each in dataclasses.fields(said)}


def from_content(kind: str, content: Mapping[str, Any]) -> Any:
    """The dataclass of that kind; what a later version of the program said beside it is left out."""
    names = {each.name for each in dataclasses.fields(KINDS[kind]) if each.init}
    return KINDS[kind](**{name: _rich(name, value) for name, value in content.items() if name in names})


def _plain(value: Any) -> Any:
    if isinstance(value, Box):
        return value.as_dict()
    if isinstance(value, Size):
        return value.to_content()
    return list(value) if isinstance(value, tuple) else value


def _rich(name: str, value: Any) -> Any:
    if name == "box" and value is not None:
        return Box(**value)
    if name == "size":
        return Size(**value)
    return tuple(value) if isinstance(value, list) else value
