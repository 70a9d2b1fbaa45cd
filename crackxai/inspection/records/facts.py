"""What is recorded: a frozen dataclass for each kind of row, and each row as it is read back."""

from __future__ import annotations

import dataclasses
import datetime
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from crackxai.errors import RecordsError
from crackxai.inspection.records.chain import canonical, digest
from crackxai.inspection.records.rating_scales import rating_scale
from crackxai.inspection.records.sizes import Size
from crackxai.inspection.scan import Scan
from crackxai.model.classifier import CrackModel
from crackxai.model.decision import Kind, Verdict
from crackxai.photo import Box, Photo
from crackxai.photo.taken import read_taken

VERDICTS: tuple[Kind, ...] = ("crack", "no-crack", "review")
REASONS = (
    "shadow", "stain", "joint", "formwork-mark", "scratch", "growth", "paint-or-marking", "repaired", "spalling",
    "fine-crack-missed", "partly-hidden", "photo-unusable", "seen-on-site", "other",
)  # fmt: skip
"""Why a person decides other than the machine; "other" is told in words."""
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Stored(Generic[T_co]):
    """A row as it is read back.

    Attributes
    ----------
    number : in the chain, from 1 on. inspection : which one it is of. written_at : UTC, ISO 8601.
    hash : what the next row carries of it. said : what was recorded.
    photo, sha256 : number of the photo's row at that time, and its file's SHA-256; None where it is not of a photo.
    """

    number: int
    inspection: str
    written_at: str
    hash: str
    said: T_co
    photo: int | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class Inspection:
    """A visit to a structure. date : of it, YYYY-MM-DD; every text but ``name`` may be empty.

    Raises
    ------
    RecordsError : no name, or a date that is none.
    """

    name: str
    structure: str = ""
    element: str = ""
    place: str = ""
    date: str = ""
    inspector: str = ""
    remarks: str = ""

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise RecordsError("expected a name of the inspection, received none.")
        if self.date:
            try:
                whole = datetime.date.fromisoformat(self.date).isoformat() == self.date
            except ValueError:
                whole = False
            if not whole:
                raise RecordsError(f"expected the date of the inspection as YYYY-MM-DD, received {self.date!r}.")


@dataclass(frozen=True)
class PhotoFile:
    """A photo of an inspection: where it is and what its file says, not its pixels.

    Attributes
    ----------
    name : of the file. sha256 : of its bytes, hex. width, height : pixels, as in the file. file_size : bytes.
    path : where it was found; stored : name of the copy in the store, given by the store. Either may be None.
    taken_at : ISO 8601 as its EXIF block says, in the camera's own time where that tells no zone.
    latitude, longitude : degrees, WGS 84, of its EXIF block.
    element, place : of the structure, and where on it.
    """

    name: str
    sha256: str
    width: int
    height: int
    file_size: int
    path: str | None = None
    stored: str | None = None
    taken_at: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    element: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise RecordsError(f"expected a SHA-256 of 64 hexadecimal digits, received {self.sha256!r}.")
        for name, most in (("latitude", 90), ("longitude", 180)):
            value = getattr(self, name)
            if value is not None and not abs(value) <= most:
                raise RecordsError(f"expected a {name} of -{most} to {most} degrees, received {value}.")

    @classmethod
    def of(cls, photo: Photo, data: bytes, path: Path | None = None, element: str = "", place: str = "") -> PhotoFile:
        """Of a photo that was read, whole or a window of it, and the bytes of its file."""
        taken = read_taken(data)
        return cls(
            photo.name,
            photo.sha256,
            *photo.original_size,
            file_size=len(data),
            path=None if path is None else str(path.absolute()),
            taken_at=taken.at,
            latitude=taken.latitude,
            longitude=taken.longitude,
            element=element,
            place=place,
        )


@dataclass(frozen=True)
class Judgement:
    """What the machine said of a photo.

    Attributes
    ----------
    model : name. fingerprint : of its weights and network. settings : all that the answer depends on beside these.
    verdict : "crack", "no-crack", "review". probability : 0-1, of a scan its score; None where nothing was examined.
    threshold, band : of the rule, 0-1; a scan has no band. doubts : about the photo. findings : of a scan, as
        `Scan.to_record` has them. key : see `judgement_key`.
    """

    model: str
    fingerprint: str
    settings: Mapping[str, Any]
    verdict: Kind
    probability: float | None
    threshold: float
    band: float | None = None
    doubts: tuple[Any, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    key: str = field(init=False, default="")

    def __post_init__(self) -> None:
        _check_verdict(self.verdict)
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise RecordsError(f"expected a probability of 0 to 1, received {self.probability}.")
        object.__setattr__(self, "key", judgement_key(self.fingerprint, self.settings))

    @classmethod
    def of_verdict(cls, verdict: Verdict, model: CrackModel) -> Judgement:
        """Of `crackxai.judge`."""
        settings = {
            "of": "photo",
            "precision": model.precision,
            "threshold": verdict.threshold,
            "band": verdict.band,
        }
        facts = verdict.to_record()
        return cls(
            model.card.name,
            model.fingerprint,
            settings,
            verdict.kind,
            verdict.probability,
            verdict.threshold,
            verdict.band,
            tuple(facts["doubts"]),
        )

    @classmethod
    def of_scan(cls, scan: Scan) -> Judgement:
        """Of `crackxai.scan`; what could not be examined is told as doubts."""
        facts = scan.to_record()
        return cls(
            scan.model["name"],
            scan.model["fingerprint"],
            {"of": "scan", "precision": scan.model["precision"], **facts["settings"], "applied": scan.threshold},
            scan.verdict,
            scan.score if math.isfinite(scan.score) else None,
            scan.threshold,
            None,
            tuple(facts["unexamined"]),
            tuple(facts["findings"]),
        )


def judgement_key(fingerprint: str, settings: Mapping[str, Any]) -> str:
    """Under which an answer is found again: SHA-256 over model and settings."""
    return digest(canonical({"fingerprint": fingerprint, "settings": settings}))


@dataclass(frozen=True)
class ExplanationRecord:
    """A map's record, as `Explanation.to_record` gives it, of the judgement of that number."""

    judgement: int
    record: Mapping[str, Any]


@dataclass(frozen=True)
class SizeOf:
    """A size that a person or a stated scale gave. box : of what, in the photo's pixels; None: of the photo."""

    who: str
    size: Size
    box: Box | None = None


@dataclass(frozen=True)
class Rating:
    """What a person chose on a scale. scale : key of `rating_scales`. values : of each of its parts."""

    who: str
    scale: str
    edition: str
    values: Mapping[str, str]
    remarks: str = ""
    box: Box | None = None

    @classmethod
    def by(cls, who: str, scale: str, values: Mapping[str, str], remarks: str = "", box: Box | None = None) -> Rating:
        """On the scale as it is now. Raises RecordsError where a value is not one of its classes."""
        found = rating_scale(scale)
        found.check(values)
        return cls(who, scale, found.edition, dict(values), remarks, box)


@dataclass(frozen=True)
class Decision:
    """What a person decided of a photo, or a box in it.

    Attributes
    ----------
    who : name. verdict : "crack", "no-crack", "review". reason : one of `REASONS`, or "". text : in their words.
    judgement : number of the machine's answer that it was decided on; None where there was none.
    machine : that answer at that moment: verdict, probability, threshold, model, fingerprint.
    """

    who: str
    verdict: Kind
    reason: str = ""
    text: str = ""
    judgement: int | None = None
    machine: Mapping[str, Any] | None = None
    box: Box | None = None

    @property
    def overrides(self) -> bool:
        """Whether the machine had said another thing; "review" says nothing to override."""
        return self.machine is not None and self.machine["verdict"] not in ("review", self.verdict)

    def check(self) -> None:
        """Raise RecordsError where an override has no reason, or the reason is not one."""
        _check_verdict(self.verdict)
        if self.reason and self.reason not in REASONS:
            raise RecordsError(f"expected a reason of {', '.join(REASONS)}, received {self.reason!r}.")
        if self.reason == "other" and not self.text.strip():
            raise RecordsError("expected the reason in words where it is another than those listed, received none.")
        if self.overrides and not self.reason:
            raise RecordsError(
                f"expected a reason, since the machine had said {self.machine and self.machine['verdict']!r} and "
                f"{self.verdict!r} was decided; received none. Give one of {', '.join(REASONS)}."
            )


@dataclass(frozen=True)
class SignOff:
    """Who answers for an inspection. rows, covers : how many rows of it there were, and `Cover` of their hashes."""

    who: str
    rows: int
    covers: str
    remarks: str = ""


@dataclass(frozen=True)
class Deletion:
    """What is left of a deleted inspection.

    Attributes
    ----------
    who, reason : who did it, and why. rows, covers : how many rows went, and `Cover` of their hashes.
    went : kind of row -> how many. copies : names of stored photos that no other inspection had.
    """

    who: str
    rows: int
    covers: str
    reason: str = ""
    went: Mapping[str, int] = field(default_factory=dict)
    copies: tuple[str, ...] = ()


KINDS: dict[str, type[Any]] = {
    "inspection": Inspection, "photo": PhotoFile, "judgement": Judgement, "explanation": ExplanationRecord,
    "size": SizeOf, "rating": Rating, "decision": Decision, "sign-off": SignOff, "deletion": Deletion,
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


def _check_verdict(verdict: str) -> None:
    if verdict not in VERDICTS:
        raise RecordsError(f"expected a verdict of {', '.join(VERDICTS)}, received {verdict!r}.")
