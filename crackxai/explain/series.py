"""The maps of one run at rising budgets, in one file: an explanation to look at without the model's work."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import DataError
from crackxai.explain.convergence import Convergence, convergence
from crackxai.explain.explanation import Explanation
from crackxai.explain.methods import METHODS, AnytimeExplainer

KIND = "CrackXAI explanation series"
SHARED = (
    "base_value", "probability", "photo_name", "photo_sha256", "model_name", "model_fingerprint", "precision",
    "device", "versions", "computed_in", "processor",
)  # fmt: skip
"""What the explanations of one run have in common, but for their settings and picture."""


@dataclass(frozen=True)
class ExplanationSeries:
    """One run, read at rising budgets.

    Attributes
    ----------
    explanations : of rising ``settings.max_evals``.
    convergences : how the run had converged at each of them; None where that is too early to tell.
    hidden : (H, W, 3) uint8, the picture that the maps are compared with; None for a method without one.
    """

    explanations: tuple[Explanation, ...]
    convergences: tuple[Convergence | None, ...]
    hidden: NDArray[np.uint8] | None

    @property
    def budgets(self) -> list[int]:
        """That can be read, rising."""
        return [each.settings.max_evals for each in self.explanations]

    def read(self, max_evals: int) -> Explanation:
        """The map of one of `budgets`."""
        return self.explanations[self.budgets.index(max_evals)]

    def convergence(self, max_evals: int) -> Convergence | None:
        """How the run had converged at one of `budgets`."""
        return self.convergences[self.budgets.index(max_evals)]

    def to_npz(self) -> bytes:
        """A NumPy archive that `from_npz` reads."""
        first = self.explanations[0]
        record = {
            "kind": KIND,
            "method": first.settings.method,
            **{name: getattr(first, name) for name in SHARED},
            "steps": [
                {"settings": each.settings.as_dict(), "evaluations": each.evaluations, "seconds": each.seconds}
                for each in self.explanations
            ],
            "convergences": [each and dataclasses.asdict(each) for each in self.convergences],
        }
        out = io.BytesIO()
        np.savez_compressed(
            out,
            channel_values=np.stack([each.channel_values for each in self.explanations]),
            picture=first.picture,
            hidden=np.zeros(0, np.uint8) if self.hidden is None else self.hidden,
            record=np.array(json.dumps(record, ensure_ascii=False, allow_nan=False)),
        )
        return out.getvalue()

    @classmethod
    def from_npz(cls, data: bytes) -> ExplanationSeries:
        """What `to_npz` wrote.

        Raises
        ------
        DataError : these are other bytes, or of a version of CrackXAI that wrote something else.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                record = json.loads(str(archive["record"]))
                maps, picture, hidden = archive["channel_values"], archive["picture"], archive["hidden"]
            if record["kind"] != KIND:
                raise ValueError(record["kind"])
            return cls(
                tuple(_explanation(record, step, values, picture) for step, values in _steps(record, maps)),
                tuple(each and Convergence(**_tuples(each)) for each in record["convergences"]),
                hidden if hidden.size else None,
            )
        except Exception as error:
            # Zip, NumPy, JSON and the constructors each have errors of their own for what is no such file.
            raise DataError(f"expected a file of kind {KIND!r}, received another: {error}. Make it again.") from error


def series(run: AnytimeExplainer, budgets: Sequence[int]) -> ExplanationSeries:
    """Read a run that has passed ``budgets`` at each of them."""
    return ExplanationSeries(
        tuple(run.explanation(budget) for budget in budgets),
        tuple(convergence(lambda n: run.explanation(n).values, budget) for budget in budgets),
        run.hidden(),
    )


def _steps(record: dict[str, Any], maps: NDArray[np.float32]) -> list[tuple[dict[str, Any], NDArray[np.float32]]]:
    return list(zip(record["steps"], maps, strict=True))


def _explanation(
    record: dict[str, Any], step: dict[str, Any], values: NDArray[np.float32], picture: NDArray[np.uint8]
) -> Explanation:
    return Explanation(
        channel_values=values,
        picture=picture,
        evaluations=step["evaluations"],
        seconds=step["seconds"],
        settings=METHODS[record["method"]].settings(**step["settings"]),
        **{name: record[name] for name in SHARED},
    )


def _tuples(convergence: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in convergence.items()}
