"""Photos that people settled, beside what the machine had said of them: where the two differ, why, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from crackxai.inspection.dossier import Dossier, PhotoDossier, read_dossier
from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.facts import Inspection
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records
from crackxai.model.decision import Kind
from crackxai.model.tradeoff import Cost

Outcome = Literal["agreed", "false-alarm", "missed", "open"]
OUTCOMES: tuple[Outcome, ...] = ("agreed", "false-alarm", "missed", "open")
"""Of the machine's answer: people say the same; they call sound what it called cracked; cracked what it called sound;
it had said "review" or nothing."""


@dataclass(frozen=True)
class Settled:
    """A photo that all who decided on it call cracked, or all sound.

    Attributes
    ----------
    inspection : that it is of. truth : what people say. machine : the answer that the last of them saw: verdict,
        probability, threshold, model, fingerprint; None: there was none.
    reasons : of `REASONS`, of the decisions that override the machine. when : of the last decision, ISO 8601, UTC.
    """

    inspection: Stored[Inspection]
    photo: PhotoDossier
    truth: Kind
    machine: Mapping[str, Any] | None
    reasons: tuple[str, ...]
    when: str

    @property
    def outcome(self) -> Outcome:
        """How the machine's answer fared."""
        said = None if self.machine is None else self.machine["verdict"]
        if said not in ("crack", "no-crack"):
            return "open"
        if said == self.truth:
            return "agreed"
        return "false-alarm" if said == "crack" else "missed"

    @property
    def judgement(self) -> Stored[Judgement] | None:
        """The machine's last answer."""
        return self.photo.judgement

    @property
    def month(self) -> str:
        """Of the last decision, YYYY-MM, UTC."""
        return self.when[:7]


def settled(dossier: Dossier) -> tuple[Settled, ...]:
    """Those of an inspection's photos that people settled, in their order."""
    found = []
    for photo in dossier.photos:
        if not photo.settled:
            continue
        last = max(photo.of_photo, key=lambda row: row.number)
        reasons = tuple(row.said.reason for row in photo.of_photo if row.said.overrides)
        said, when = last.said, dossier.said_at(last)
        found.append(Settled(dossier.facts, photo, said.verdict, said.machine, reasons, when))
    return tuple(found)


def read_settled(records: Records, inspections: Iterable[str] | None = None) -> tuple[Settled, ...]:
    """Of these inspections, or of all. Raises RecordsError where one is not there."""
    chosen = [row.inspection for row in records.inspections()] if inspections is None else list(inspections)
    dossiers = (read_dossier(records, each) for each in chosen)
    return tuple(each for dossier in dossiers for each in settled(dossier))


def cost_found(photos: Iterable[Settled]) -> Cost:
    """What the machine's answers cost on photos that people settled, as `crackxai.model.tradeoff.cost` tells it.

    Only answers count. What the machine had sent to review was seen by people, so none of it is a mistake that nobody
    looks at again.
    """
    counts: Counter[tuple[Kind, Outcome]] = Counter((each.truth, each.outcome) for each in photos if each.machine)
    cracked = sum(count for (truth, _), count in counts.items() if truth == "crack")
    missed, flagged = counts["crack", "missed"], counts["no-crack", "false-alarm"]
    return Cost(
        cracked=cracked,
        sound=counts.total() - cracked,
        missed=missed,
        flagged=flagged,
        reviewed_cracked=counts["crack", "open"],
        reviewed_sound=counts["no-crack", "open"],
        missed_unseen=missed,
        flagged_unseen=flagged,
    )


def by_reason(photos: Iterable[Settled]) -> dict[str, dict[Outcome, int]]:
    """Reason -> outcome -> photos, the most frequent reason first; of photos on which the machine was overridden."""
    counts: dict[str, Counter[Outcome]] = {}
    for each in photos:
        for reason in set(each.reasons):
            counts.setdefault(reason, Counter())[each.outcome] += 1
    order = sorted(counts, key=lambda reason: (-counts[reason].total(), reason))
    return {reason: dict(counts[reason]) for reason in order}


def by_month(photos: Iterable[Settled]) -> dict[str, dict[Outcome, int]]:
    """Month (YYYY-MM) -> outcome -> photos, in order of time; months without a decision are not there."""
    counts: dict[str, Counter[Outcome]] = {}
    for each in photos:
        counts.setdefault(each.month, Counter())[each.outcome] += 1
    return {month: dict(counts[month]) for month in sorted(counts)}
