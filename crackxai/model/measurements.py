"""What was measured of a model and is needed again: probabilities of labelled photos, looks of the training photos.

No photo is in it: probabilities are sorted, so that not even their order tells anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from crackxai.errors import ModelError
from crackxai.files import write_file
from crackxai.model.faults import model_error
from crackxai.model.feature_space import FeatureSpace, read_features, write_features
from crackxai.model.left_out import Answers
from crackxai.model.out_of_distribution import TrainingDistribution

MEASUREMENTS_FILE = "measurements.json"


@dataclass(frozen=True, eq=False)
class Scores:
    """Probabilities of one part of the data: sorted float64 arrays of the cracked and of the sound photos."""

    cracked: np.ndarray
    sound: np.ndarray

    @classmethod
    def of(cls, probabilities: np.ndarray, labels: np.ndarray) -> Scores:
        truth = np.asarray(labels, dtype=bool)
        p = np.asarray(probabilities, dtype=np.float64)
        return cls(np.sort(p[truth]), np.sort(p[~truth]))

    @property
    def probabilities(self) -> np.ndarray:
        """(N,), the cracked photos' first."""
        return np.concatenate([self.cracked, self.sound])

    @property
    def labels(self) -> np.ndarray:
        """(N,) int, 1 = cracked."""
        return np.repeat([1, 0], [len(self.cracked), len(self.sound)])


@dataclass(frozen=True)
class FastPrecision:
    """What computing in bfloat16 changes, on the processor it was measured on.

    Attributes
    ----------
    photos : measured; largest_difference : of a probability; changed_verdicts : photos on the other side of the
        threshold.
    maps : compared; map_difference : median over them of the relative L1 distance from the exact map's 8 x 8 cell
        sums; map_settings : of the maps, in words.
    """

    photos: int
    largest_difference: float
    changed_verdicts: int
    maps: int = 0
    map_difference: float = 0.0
    map_settings: str = ""


@dataclass(frozen=True, eq=False)
class Measurements:
    """What was measured; empty of a model that nothing is known of.

    Attributes
    ----------
    scores : by part, "validation" and "test".
    training : what the training photos look like.
    fast : None where it was not measured.
    features : the training photos in the network's own features; None of a model of an earlier version.
    scans : what scans of whole photos found, by origin and by the score from which findings count, as plain JSON values
        (see `crackxai.inspection.scan_figures`); empty where none were measured.
    left_out : answers on origins that were left out of training, of models trained for that; None where there are none.
    """

    scores: dict[str, Scores] = field(default_factory=dict)
    training: TrainingDistribution | None = None
    fast: FastPrecision | None = None
    features: FeatureSpace | None = None
    left_out: Answers | None = None
    scans: dict[str, Any] = field(default_factory=dict)

    @property
    def held_out(self) -> tuple[str, Scores] | None:
        """The most honest part there is: test, else validation; None where there is none."""
        return next(((name, self.scores[name]) for name in ("test", "validation") if name in self.scores), None)


def read_measurements(folder: Path) -> Measurements:
    """Of a model folder; empty where there is no such file (a model of an earlier version).

    Raises
    ------
    ModelError : the file is damaged.
    """
    path = folder / MEASUREMENTS_FILE
    if not path.exists():
        return Measurements()
    try:
        facts = json.loads(path.read_text("utf-8"))
        scores = {
            name: Scores(*(np.array(part[key], dtype=np.float64) for key in ("cracked", "sound")))
            for name, part in facts["scores"].items()
        }
        if not all(len(s.cracked) and len(s.sound) and np.isfinite(s.probabilities).all() for s in scores.values()):
            raise ValueError("probabilities are missing or not finite")
        return Measurements(
            scores,
            TrainingDistribution.from_dict(facts["appearance"]) if facts["appearance"] else None,
            FastPrecision(**facts["fast"]) if facts["fast"] else None,
            read_features(folder),
            # A model of an earlier version has none.
            Answers.from_dict(facts["left_out"]) if facts.get("left_out") else None,
            dict(facts.get("scans") or {}),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, ModelError) as error:
        raise model_error("damaged-measurements", file=str(path), why=str(error)) from error


def write_measurements(measurements: Measurements, folder: Path) -> None:
    """Write ``measurements.json``. Raises OutputError."""
    if measurements.features:
        write_features(measurements.features, folder)
    write_file(folder / MEASUREMENTS_FILE, json.dumps(as_facts(measurements), allow_nan=False) + "\n")


def as_facts(measurements: Measurements) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "scores": {
            name: {"cracked": _rounded(scores.cracked), "sound": _rounded(scores.sound)}
            for name, scores in measurements.scores.items()
        },
        "appearance": measurements.training.as_dict() if measurements.training else None,
        "fast": vars(measurements.fast) if measurements.fast else None,
        "left_out": measurements.left_out.as_dict() if measurements.left_out else None,
        "scans": measurements.scans,
    }


def _rounded(probabilities: np.ndarray) -> list[float]:
    return [float(f"{p:.7g}") for p in probabilities]
