"""What the machine said of a photo."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import RecordsError
from crackxai.inspection.records.chain import canonical, digest
from crackxai.inspection.records.map_values import unpack
from crackxai.inspection.scan import Scan, ScanSettings
from crackxai.model.classifier import CrackModel
from crackxai.model.decision import Kind, Verdict

VERDICTS: tuple[Kind, ...] = ("crack", "no-crack", "review")


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
        check_verdict(self.verdict)
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise RecordsError(f"expected a probability of 0 to 1, received {self.probability}.")
        object.__setattr__(self, "key", judgement_key(self.fingerprint, self.settings))

    @classmethod
    def of_verdict(cls, verdict: Verdict, model: CrackModel) -> Judgement:
        """Of `crackxai.judge`."""
        settings = photo_settings(model.precision, verdict.threshold, verdict.band)
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
            scan_settings(scan.model["precision"], scan.settings, scan.threshold),
            scan.verdict,
            scan.score if math.isfinite(scan.score) else None,
            scan.threshold,
            None,
            tuple(facts["unexamined"]),
            tuple(facts["findings"]),
        )


def photo_settings(precision: str, threshold: float, band: float) -> dict[str, Any]:
    """All that a verdict depends on beside photo and model."""
    return {"of": "photo", "precision": precision, "threshold": threshold, "band": band}


def scan_settings(precision: str, settings: ScanSettings, applied: float) -> dict[str, Any]:
    """The same of a scan. applied : score from which a finding counts, `Scanner.threshold`."""
    return {"of": "scan", "precision": precision, **settings.as_dict(), "applied": applied}


def judgement_key(fingerprint: str, settings: Mapping[str, Any]) -> str:
    """Under which an answer is found again: SHA-256 over model and settings."""
    return digest(canonical({"fingerprint": fingerprint, "settings": settings}))


@dataclass(frozen=True)
class ExplanationRecord:
    """A map that explains a judgement.

    Attributes
    ----------
    judgement : number of its row. record : as `Explanation.to_record` gives it.
    values : of the map, see `pack`; "" where they were not kept.
    """

    judgement: int
    record: Mapping[str, Any]
    values: str = ""

    @property
    def channel_values(self) -> NDArray[np.float32] | None:
        """(H, W, 3) float32; None where they were not kept. Raises RecordsError where they are not the record's."""
        return unpack(self.values, str(self.record.get("values_sha256"))) if self.values else None


def check_verdict(verdict: str) -> None:
    """Raise RecordsError where it is none of `VERDICTS`."""
    if verdict not in VERDICTS:
        raise RecordsError(f"expected a verdict of {', '.join(VERDICTS)}, received {verdict!r}.")
