"""Is a recorded map reproducible? Make it again from its record and the photo, and compare all of the record."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import Cancelled, SettingsError
from crackxai.explain.comparison import Comparison, compare
from crackxai.explain.entries import plain
from crackxai.explain.explanation import Explanation
from crackxai.explain.faithfulness import FaithfulnessTest
from crackxai.explain.progress import Progress, silent
from crackxai.explain.record import Record, checked
from crackxai.explain.settings import MAX_EVALS
from crackxai.explain.truth import at_network_size, localisation
from crackxai.model.decision import judge
from crackxai.photo import Photo

if TYPE_CHECKING:
    from crackxai.model.classifier import CrackModel


class Outcome(enum.Enum):
    """The one judgement that text and exit status of a verification come from."""

    IDENTICAL = "identical"
    """Every entry that can be made again has the recorded value, the map bit for bit."""
    SAME = "same"
    """No number differs by more than rounding on another processor, or in another version, explains."""
    DIFFERENT = "different"
    """An entry is not what was made again."""
    UNDECIDED = "undecided"
    """The network was computed in another number format than here, which alone may explain the differences."""


@dataclass(frozen=True)
class Verification:
    """How what was made again compares with the record.

    Attributes
    ----------
    outcome : the judgement.
    largest_difference : of a cell's sum, the sum, the probability or the base value.
    differences : entries of the record that are not what was made again, a sentence each.
    notes : what speaks neither for nor against the record: where and with what it was made, what was not compared.
    """

    outcome: Outcome
    largest_difference: float
    differences: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def succeeded(self) -> bool:
        """Whether the record is vouched for: the exit status."""
        return self.outcome in (Outcome.IDENTICAL, Outcome.SAME)

    @property
    def identical(self) -> bool:
        return self.outcome is Outcome.IDENTICAL

    @property
    def same(self) -> bool:
        """Identical, or but for rounding."""
        return self.succeeded

    @property
    def sentence(self) -> str:
        """The judgement in words."""
        size, count = f"{self.largest_difference:.1e} of probability", len(self.differences)
        return {
            Outcome.IDENTICAL: "identical: the map made again has the recorded values, bit for bit",
            Outcome.SAME: f"the same: no part differs by more than {size}, which is rounding",
            Outcome.DIFFERENT: f"different: by up to {size}; entries that are not what was made again: {count}",
            Outcome.UNDECIDED: f"undecided: by up to {size}, but computed in another number format. Verify it on a "
            "processor like the recorded one.",
        }[self.outcome]

    def __str__(self) -> str:
        return "\n".join([self.sentence, *(f"  {line}" for line in (*self.differences, *self.notes))])


def verify(
    record: Record | Mapping[str, Any],
    model: CrackModel,
    photo: Photo,
    progress: Progress | None = None,
    truth: NDArray[np.bool_] | None = None,
) -> Verification:
    """Make the recorded explanation again and compare the whole record with it.

    >>> record = read_record("wall.json")
    >>> verify(record, load_model(precision=record.load_precision), read_photo("wall.jpg")).outcome
    <Outcome.IDENTICAL: 'identical'>

    Parameters
    ----------
    record : of `crackxai.explain.record.read_record`, or the dict of `Explanation.to_record`.
    photo : the whole photo; a recorded window is cut out of it again.
    truth : (H, W) bool, the mask of the whole photo's crack, for a record that tells how the map lies on it. Without
        it, that is not compared.

    Raises
    ------
    SettingsError : it is no such record, or of another photo, model or precision.
    """
    if not isinstance(record, Record):
        record = checked(record)
    photo = _recorded_part(record, photo)
    _check_model(record, model)
    made = _again(record, model, photo, progress or silent)
    if truth is not None and record.widened is not None:
        crack = at_network_size(truth, photo, model.input_size)
        made = replace(made, localisation=localisation(made.values, crack, record.widened))
    compared = compare(record.facts, made.to_record())
    return Verification(
        _outcome(record, model, compared),
        compared.largest_difference,
        tuple(compared.differences),
        tuple(_notes(record, model, made) + compared.notes),
    )


def _recorded_part(record: Record, photo: Photo) -> Photo:
    expected = record.facts["photo"]["sha256"]
    if photo.sha256 != expected:
        raise SettingsError(f"expected the photo {plain(expected)}, received {photo.sha256}. Give the recorded photo.")
    if record.box is None:
        return photo.whole or photo
    return (photo.whole or photo).window(record.box)


def _check_model(record: Record, model: CrackModel) -> None:
    expected = record.facts["model"]["fingerprint"]
    if model.fingerprint != expected:
        raise SettingsError(
            f"expected the model {plain(expected)}, received {model.fingerprint}. Give the recorded model."
        )
    here = getattr(model, "computed_in", "")
    if record.precision != model.precision and not (here and here == record.computed_in):
        raise SettingsError(
            f"expected the precision {record.load_precision}, received {model.precision}. Give the recorded precision."
        )


class _Enough(Cancelled):
    """The run is where the recorded one ended."""


def _again(record: Record, model: CrackModel, photo: Photo, progress: Progress) -> Explanation:
    """The explanation made again, with its test and the verdict where these are recorded."""
    run = record.method.explainer(model, photo, record.settings)
    tested = record.test.evaluations if record.test else 0

    def until_recorded(evaluations: int, total: int) -> None:
        progress(evaluations, record.evaluations + tested)
        if evaluations >= record.evaluations:
            raise _Enough

    with contextlib.suppress(_Enough):
        # A run may have been stopped before the smallest budget that can be asked for.
        run.advance(min(max(record.evaluations, MAX_EVALS.low), record.settings.max_evals), until_recorded)
    made = run.explanation()
    if record.test is not None:
        test = FaithfulnessTest(model, made, record.test.settings)
        test.advance(
            tested, lambda evaluations, _: progress(record.evaluations + evaluations, record.evaluations + tested)
        )
        made = replace(made, faithfulness=test.result())
    if "verdict" not in record.facts:
        return made
    recorded = record.facts["verdict"]
    return replace(made, verdict=judge(model, photo, recorded["threshold"], recorded["band"]))


def _outcome(record: Record, model: CrackModel, compared: Comparison) -> Outcome:
    if not compared.differences:
        return Outcome.IDENTICAL if compared.same_map else Outcome.SAME
    here = getattr(model, "computed_in", "")
    other_format = bool(record.computed_in and here) and record.computed_in != here
    return Outcome.UNDECIDED if other_format and compared.only_numbers else Outcome.DIFFERENT


def _notes(record: Record, model: CrackModel, made: Explanation) -> list[str]:
    recorded = record.facts["model"]
    where = recorded.get("processor") or "a processor that it does not name"
    notes = [
        f"recorded on {where} ({recorded['device']}), made again on "
        f"{made.processor or 'a processor that is not known'} ({made.device})"
    ]
    if record.precision == "fast" and record.computed_in == "float32":
        notes.append("recorded with 'fast' on a processor without bfloat16: it computed in float32, as 'exact' does")
    elif record.computed_in != made.computed_in and record.computed_in and made.computed_in:
        notes.append(f"recorded in {record.computed_in}, made again in {made.computed_in}")
    if made.verdict is not None and made.verdict.threshold != model.threshold:
        notes.append(f"judged at a threshold of {made.verdict.threshold:g}; the model's own is {model.threshold:g}")
    if made.verdict is not None and made.verdict.band != model.band:
        notes.append(f"judged with a review band of {made.verdict.band:g}; the model's own is {model.band:g}")
    if record.evaluations < record.settings.max_evals:
        notes.append(
            f"the recorded run was stopped at {record.evaluations} of the {record.settings.max_evals} evaluations that "
            "were asked for; its settings beyond that cannot be compared"
        )
    return notes
