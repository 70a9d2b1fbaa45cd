"""An inspection as it stands, put together from its records: by photo, what was said last; and what is missing."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from crackxai.inspection.records.contents import Stored
from crackxai.inspection.records.decisions import Decision, Rating, SizeOf
from crackxai.inspection.records.facts import Imported, Inspection, PhotoFile
from crackxai.inspection.records.judgements import Judgement
from crackxai.inspection.records.records import Records
from crackxai.inspection.records.signing import SignOffState
from crackxai.model.decision import Kind

Lack = Literal[
    "place", "element", "date", "inspector", "photos", "unjudged", "undecided", "doubted", "disputed", "several-models",
    "own-review",
]  # fmt: skip


@dataclass(frozen=True)
class PhotoDossier:
    """All that stands of one photo.

    Attributes
    ----------
    judgement : the machine's last answer; None: it was not asked.
    decisions : the last of each person on the photo, and on each box in it.
    sizes, ratings : all, in order.
    """

    photo: Stored[PhotoFile]
    judgement: Stored[Judgement] | None = None
    decisions: tuple[Stored[Decision], ...] = ()
    sizes: tuple[Stored[SizeOf], ...] = ()
    ratings: tuple[Stored[Rating], ...] = ()

    @property
    def sha256(self) -> str:
        """Of its file."""
        return self.photo.said.sha256

    @property
    def name(self) -> str:
        """Of its file."""
        return self.photo.said.name

    @property
    def machine(self) -> Kind | None:
        """What the machine says; None: it was not asked."""
        return None if self.judgement is None else self.judgement.said.verdict

    @property
    def doubted(self) -> bool:
        """Whether the machine doubts that it can tell."""
        return self.judgement is not None and bool(self.judgement.said.doubts)

    @cached_property
    def of_photo(self) -> tuple[Stored[Decision], ...]:
        """The decisions on the whole photo, one a person."""
        return tuple(each for each in self.decisions if each.said.box is None)

    @property
    def decided(self) -> Kind | None:
        """What people say: what all of them say who decided, "review" where they differ; None: nobody did."""
        said = {each.said.verdict for each in self.of_photo}
        return None if not said else said.pop() if len(said) == 1 else "review"

    @property
    def disputed(self) -> bool:
        """Whether people say different things of it."""
        return len({each.said.verdict for each in self.of_photo}) > 1

    @property
    def settled(self) -> bool:
        """Whether people call it cracked or sound, with one voice."""
        return self.decided in ("crack", "no-crack")

    @property
    def overridden(self) -> bool:
        """Whether somebody decided other than the machine had said."""
        return any(each.said.overrides for each in self.of_photo)

    @property
    def verdict(self) -> Kind | None:
        """What stands: people's word, else the machine's; None: neither."""
        return self.decided or self.machine

    @property
    def suspicion(self) -> float:
        """The machine's probability of a crack, 0-1; -1 where it gave none."""
        probability = None if self.judgement is None else self.judgement.said.probability
        return -1.0 if probability is None else probability

    @property
    def gain(self) -> float:
        """What a look would settle, 0-5; higher is more.

        3 for a photo that people differ on or sent to review, 2 where nobody decided and the machine doubts or gave no
        answer, 1 where nobody decided, 0 for a settled one; plus the entropy of the machine's probability in bits,
        counted so that it is 1 at the threshold.
        """
        if self.settled:
            return self._openness
        if self.of_photo:
            return 3 + self._openness
        return (2 if self.machine in (None, "review") else 1) + self._openness

    @property
    def _openness(self) -> float:
        if self.judgement is None or self.judgement.said.probability is None:
            return 1.0
        p, t = self.judgement.said.probability, self.judgement.said.threshold
        # The threshold is moved to one half, log-odds keeping their distances.
        at = 1 / (1 + math.exp(-max(-30.0, min(30.0, _log_odds(p) - _log_odds(t)))))
        return -sum(part * math.log2(part) for part in (at, 1 - at) if part > 0)


def _log_odds(p: float) -> float:
    p = min(max(p, 1e-12), 1 - 1e-12)
    return math.log(p / (1 - p))


@dataclass(frozen=True)
class SignedElsewhere:
    """A sign-off that came along from another installation. when : UTC, ISO 8601. void : whether it was, there."""

    who: str
    when: str
    covers: str
    void: bool


@dataclass(frozen=True)
class Dossier:
    """An inspection as it stands.

    Attributes
    ----------
    facts : what is said of it. photos : in the order in which they were added.
    sign_offs : all, in order. version : see `Records.version`. covers : hash of all its rows: what a sign-off would be
        over, and what tells that nothing was written since.
    imported : how it came here from another installation, and before that to there; empty where it began here.
    """

    facts: Stored[Inspection]
    photos: tuple[PhotoDossier, ...]
    sign_offs: tuple[SignOffState, ...]
    version: int
    covers: str
    imported: tuple[Stored[Imported], ...] = ()

    @cached_property
    def signed_elsewhere(self) -> tuple[SignedElsewhere, ...]:
        """The sign-offs of the installations that it came from; none is one of this installation."""
        found = []
        for each in self.imported:
            at = {entry["number"]: entry["written_at"] for entry in each.said.entries}
            for signed in each.said.signed:
                said = json.loads(signed["content"])
                void = signed["voided_by"] is not None
                found.append(SignedElsewhere(said["who"], at[signed["number"]], said["covers"], void))
        return tuple(found)

    def said_at(self, row: Stored[Any]) -> str:
        """When that was said: where it came from another installation, there. UTC, ISO 8601."""
        return self._said_there.get(row.number, row.written_at)

    @cached_property
    def _said_there(self) -> dict[int, str]:
        found: dict[int, str] = {}
        here: dict[int, int] | None = None
        for each in reversed(self.imported):
            # What came through several installations was said in the first of them.
            rows = {entry["number"]: entry["row"] for entry in each.said.entries if entry["row"] is not None}
            if here is not None:
                rows = {number: here[row] for number, row in rows.items() if row in here}
            found |= {
                rows[entry["number"]]: entry["written_at"] for entry in each.said.entries if entry["number"] in rows
            }
            here = rows
        return found

    @property
    def id(self) -> str:
        """Its name in the records."""
        return self.facts.inspection

    @property
    def signed(self) -> SignOffState | None:
        """The last sign-off, where it holds."""
        return self.sign_offs[-1] if self.sign_offs and self.sign_offs[-1].valid else None

    @cached_property
    def by_machine(self) -> Mapping[Kind | None, int]:
        """Photos by what the machine says."""
        return Counter(each.machine for each in self.photos)

    @cached_property
    def by_people(self) -> Mapping[Kind | None, int]:
        """Photos by what people say."""
        return Counter(each.decided for each in self.photos)

    def photo(self, sha256: str) -> PhotoDossier | None:
        """The photo of that hash, if the inspection has it."""
        return self._by_hash.get(sha256)

    @cached_property
    def _by_hash(self) -> dict[str, PhotoDossier]:
        return {each.sha256: each for each in self.photos}


def read_dossier(records: Records, inspection: str) -> Dossier:
    """Read an inspection. Raises RecordsError where there is none, or it was deleted."""
    # Read first: what is written meanwhile makes it old, and is then seen to.
    covers = records.covered(inspection)
    judgements = {str(row.sha256): row for row in records.judgements(inspection)}
    decisions = _by_photo(records.current_decisions(inspection))
    sizes, ratings = _by_photo(records.sizes(inspection)), _by_photo(records.ratings(inspection))
    photos = tuple(
        PhotoDossier(
            photo,
            judgements.get(photo.said.sha256),
            decisions.get(photo.said.sha256, ()),
            sizes.get(photo.said.sha256, ()),
            ratings.get(photo.said.sha256, ()),
        )
        for photo in records.photos(inspection)
    )
    return Dossier(
        records.inspection(inspection),
        photos,
        records.sign_offs(inspection),
        records.version(inspection),
        covers,
        records.imports(inspection),
    )


def _by_photo(rows: Iterable[Stored[Any]]) -> dict[str, tuple[Stored[Any], ...]]:
    found: dict[str, list[Stored[Any]]] = defaultdict(list)
    for row in rows:
        found[str(row.sha256)].append(row)
    return {sha256: tuple(of_it) for sha256, of_it in found.items()}


@dataclass(frozen=True)
class Missing:
    """What an inspection lacks before somebody signs it. photos : of these, where it is of photos."""

    kind: Lack
    photos: tuple[str, ...] = ()


def missing(dossier: Dossier, reviewer: str) -> tuple[Missing, ...]:
    """What lacks, as a person should know who is about to sign.

    Parameters
    ----------
    reviewer : who is about to sign. "own-review": that is who inspected, or who alone decided.
    """
    facts, photos = dossier.facts.said, dossier.photos
    there: dict[Lack, bool] = {
        "place": bool(facts.place.strip()),
        "element": bool(facts.element.strip()) or all(each.photo.said.element.strip() for each in photos),
        "date": bool(facts.date),
        "inspector": bool(facts.inspector.strip()),
        "photos": bool(photos),
    }
    found = [Missing(kind) for kind, is_there in there.items() if not is_there]
    kinds: tuple[tuple[Lack, list[PhotoDossier]], ...] = (
        ("unjudged", [each for each in photos if each.judgement is None]),
        ("undecided", [each for each in photos if not each.of_photo]),
        ("doubted", [each for each in photos if each.doubted and not each.of_photo]),
        ("disputed", [each for each in photos if each.disputed]),
    )
    found += [Missing(kind, tuple(each.sha256 for each in of_it)) for kind, of_it in kinds if of_it]
    if len({each.judgement.said.fingerprint for each in photos if each.judgement is not None}) > 1:
        found.append(Missing("several-models"))
    deciders = {row.said.who for each in photos for row in each.of_photo}
    if reviewer == facts.inspector.strip() or deciders == {reviewer}:
        found.append(Missing("own-review"))
    return tuple(found)
