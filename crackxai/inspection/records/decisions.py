"""What people said of a photo: decisions, sizes, ratings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crackxai.errors import RecordsError
from crackxai.inspection.records.judgements import check_verdict
from crackxai.inspection.records.rating_scales import rating_scale
from crackxai.inspection.records.sizes import Size
from crackxai.model.decision import Kind
from crackxai.photo import Box

REASONS = (
    "shadow", "stain", "joint", "formwork-mark", "scratch", "growth", "paint-or-marking", "repaired", "spalling",
    "fine-crack-missed", "partly-hidden", "photo-unusable", "seen-on-site", "other",
)  # fmt: skip
"""Why a person decides other than the machine; "other" is told in words."""


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
        check_verdict(self.verdict)
        if self.reason and self.reason not in REASONS:
            raise RecordsError(f"expected a reason of {', '.join(REASONS)}, received {self.reason!r}.")
        if self.reason == "other" and not self.text.strip():
            raise RecordsError("expected the reason in words where it is another than those listed, received none.")
        if self.overrides and not self.reason:
            raise RecordsError(
                f"expected a reason, since the machine had said {self.machine and self.machine['verdict']!r} and "
                f"{self.verdict!r} was decided; received none. Give one of {', '.join(REASONS)}."
            )
