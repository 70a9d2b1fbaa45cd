"""What is asked of a run over a folder, and how it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from crackxai.explain.regions import PREFERRED
from crackxai.explain.settings import ExplainSettings
from crackxai.inspection.photo_source import LeftOut
from crackxai.inspection.scan import ScanSettings
from crackxai.model.decision import Kind

MAP_EVALUATIONS = 200
"""Of the maps of the most suspicious photos: coarse ones, with which somebody decides which to look at."""
Came = Literal["judged", "known", "already"]
"""How a photo came by its answer: computed now; found in another inspection, and recorded in this one; recorded in this
one before."""


@dataclass(frozen=True)
class FolderSettings:
    """What is asked of a run.

    Attributes
    ----------
    scan : settings of scans; None: each photo is judged as a whole.
    threshold, band : of the verdict on whole photos; None: the model's own.
    explain_worst : SHAP maps of so many photos of the inspection, the most suspicious.
    maps : settings of these.
    copy : whether copies are kept beside the records; of what lasts nowhere else they are kept anyway.
    """

    scan: ScanSettings | None = None
    threshold: float | None = None
    band: float | None = None
    explain_worst: int = 0
    maps: ExplainSettings = field(default_factory=lambda: ExplainSettings(max_evals=MAP_EVALUATIONS, regions=PREFERRED))
    copy: bool = False


@dataclass(frozen=True)
class Outcome:
    """A photo that has its answer. place : in the source. probability : None where nothing could be examined."""

    place: str
    sha256: str
    came: Came
    verdict: Kind
    probability: float | None


@dataclass(frozen=True)
class Failure:
    """A photo that could not be used. why : words, a `Message` where they can be said in another language."""

    place: str
    why: str


@dataclass(frozen=True)
class Duplicate:
    """A photo whose bytes are those of another one of the source, which stands for both."""

    place: str
    of: str


@dataclass(frozen=True)
class FolderResult:
    """How a run stands.

    Attributes
    ----------
    photos : in the source, whether or not they can be used. outcomes, failures, duplicates : of those that were come
        to.
    left_out : what of the source is no photo.
    maps, known_maps : made now, and recorded before. unmapped : photos whose map could not be made.
    seconds : wall clock, while it ran.
    """

    photos: int
    outcomes: tuple[Outcome, ...] = ()
    failures: tuple[Failure, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    maps: int = 0
    known_maps: int = 0
    unmapped: tuple[Failure, ...] = ()
    seconds: float = 0.0

    @property
    def done(self) -> int:
        """Photos that were come to."""
        return len(self.outcomes) + len(self.failures) + len(self.duplicates)

    @property
    def by_verdict(self) -> Mapping[Kind, int]:
        """Photos by what the machine says."""
        return Counter(each.verdict for each in self.outcomes)

    @property
    def by_way(self) -> Mapping[Came, int]:
        """Photos by how they came by their answer."""
        return Counter(each.came for each in self.outcomes)
