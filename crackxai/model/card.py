"""The model card: one for machines (``card.json``), one for people (``MODEL_CARD.md``), from the same facts.

After Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from crackxai.errors import ModelError
from crackxai.files import write_files

CARD_FILE = "card.json"
PEOPLE_FILE = "MODEL_CARD.md"


@dataclass(frozen=True)
class ModelCard:
    """What is known about a trained model.

    Attributes
    ----------
    name : for people.
    created : ISO date.
    input_side : pixels; threshold : probability; temperature : folded into the last layer already.
    data : {"source": ..., "train": photos, "validation": photos, ...}.
    recipe : the training settings; seed : of order, augmentation and initial weights; versions : of the software.
    command : what makes the model again.
    figures : {"validation": Evaluation as a dict, "test": ...}; test is missing where there was no test set.
    rounding : largest change of a probability on the test (else validation) photos by storing float16.
    history : one row an epoch.
    """

    name: str
    created: str
    input_side: int
    threshold: float
    temperature: float
    data: dict
    recipe: dict
    seed: int
    versions: dict
    command: str
    figures: dict
    rounding: float
    history: list = field(default_factory=list)

    def __post_init__(self) -> None:
        if not (isinstance(self.threshold, (int, float)) and 0 < self.threshold < 1):
            raise ModelError(f"{CARD_FILE}: expected a threshold between 0 and 1, received {self.threshold!r}.")
        if not (isinstance(self.input_side, int) and 32 <= self.input_side <= 1024):
            raise ModelError(f"{CARD_FILE}: expected an input_side of 32 to 1024, received {self.input_side!r}.")
        if not (isinstance(self.temperature, (int, float)) and math.isfinite(self.temperature)):
            raise ModelError(f"{CARD_FILE}: expected a finite temperature, received {self.temperature!r}.")


def read_card(folder: Path) -> ModelCard:
    """Read ``card.json``.

    Raises
    ------
    ModelError : missing, not JSON, or a field is missing or out of range.
    """
    path = folder / CARD_FILE
    try:
        facts = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelError(
            f"expected {CARD_FILE} in {folder}, received none. Give the folder that 'train --out' wrote."
        ) from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: expected JSON, received a damaged file ({error}). Copy it again.") from error
    names = {f.name for f in fields(ModelCard)}
    if not isinstance(facts, dict) or not names <= facts.keys():
        missing = sorted(names - set(facts)) if isinstance(facts, dict) else sorted(names)
        raise ModelError(f"{path}: expected the fields of a model card, received none of {', '.join(missing)}.")
    return ModelCard(**{name: facts[name] for name in names})


def write_card(card: ModelCard, folder: Path) -> None:
    """Write both cards."""
    write_files(
        {
            folder / CARD_FILE: json.dumps(asdict(card), indent=1) + "\n",
            folder / PEOPLE_FILE: as_markdown(card),
        }
    )


def as_markdown(card: ModelCard) -> str:
    """The card for people."""
    phases = ", then ".join(f"{epochs:g} epochs at {side} px" for side, epochs in card.recipe["phases"])
    parts = [
        f"# {card.name}",
        "Tells the probability that a photo of concrete, plaster, brick or pavement, seen from close by, shows a "
        "crack. Made for CrackXAI; a help for an inspector, no substitute for one.",
        "## Model",
        f"ResNet50 (He et al., 2016) without top, global average pooling, one sigmoid unit; input "
        f"{card.input_side} x {card.input_side} RGB, squashed by area interpolation, caffe-mode preprocessing. "
        f"Kernels are stored as float16 and computed in float32, which moved no probability of the measured photos by "
        f"more than {math.ceil(card.rounding * 1e4) / 1e4:.4f}.",  # rounded up: it is said as a bound
        f"Decision threshold {card.threshold:.3g}; temperature {card.temperature:.3f}, already folded into the last "
        "layer, so that the network's output is the calibrated probability. Both were chosen on the validation photos.",
        "## Data",
        "\n".join(f"- {key}: {value}" for key, value in card.data.items()),
        "## Figures",
        _figures_table(card.figures),
        "## Training",
        f"Recipe `{card.recipe['name']}`, starting from {card.recipe.get('weights') or 'random weights'}: {phases}; "
        f"batch {card.recipe['batch_size']}, learning rate "
        f"{card.recipe['learning_rate']:g}, seed {card.seed}. Made on {card.created} with "
        + ", ".join(f"{name} {version}" for name, version in card.versions.items())
        + ".",
        f"```\n{card.command}\n```",
        _history_table(card.history),
        "## What it was not tested on",
        "Photos of other origins than the data above; photos taken from metres away; wet, painted-over, repaired or "
        "mossy surfaces; night and flash; tiles, wood and metal. Straight joints, cables and shadow edges can look "
        "like cracks to it. It tells nothing of a crack's width, depth, age or cause. Photos of one wall can recur in "
        "training and test, so the figures flatter.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


_ROWS = {
    "photos": "photos",
    "cracked": "of them cracked",
    "accuracy": "accuracy",
    "auc": "AUC (ROC)",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "false_negatives": "cracks missed",
    "false_positives": "false alarms",
    "expected_calibration_error": "expected calibration error (15 bins)",
    "brier_score": "Brier score",
}


def _figures_table(figures: dict) -> str:
    lines = ["| | " + " | ".join(figures) + " |", "| --- |" + " --- |" * len(figures)]
    for key, label in _ROWS.items():
        cells = (f"{v:.4f}" if isinstance(v, float) else str(v) for v in (f[key] for f in figures.values()))
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _history_table(history: list) -> str:
    if not history:
        return ""
    head = list(history[0])
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(str(row[key]) for key in head) + " |" for row in history]
    return "\n".join(lines)
