"""The model card: one for machines (``card.json``), one for people (``MODEL_CARD.md``), from the same facts.

After Mitchell et al., "Model Cards for Model Reporting", FAT* 2019.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from crackxai.files import write_files
from crackxai.model.calibration import DEFAULT_BAND
from crackxai.model.card_words import as_markdown
from crackxai.model.faults import model_error
from crackxai.model.finding_rule import FindingRule
from crackxai.model.network import RESNET50, ResNet

CARD_FILE = "card.json"
PEOPLE_FILE = "MODEL_CARD.md"


@dataclass(frozen=True)
class ModelCard:
    """What is known about a trained model.

    Attributes
    ----------
    name : for people.
    created : ISO date.
    threshold : probability; temperature : folded into the last layer already.
    data : {"source": ..., "train": photos, "validation": photos, ...}.
    recipe : the training settings; seed : of order, augmentation and initial weights; versions : of the software.
    command : what makes the model again.
    figures : {"validation": Evaluation as a dict, "test": ...}; test is missing where there was no test set.
    rounding : largest change of a probability on the validation photos by storing float16.
    history : one row an epoch.
    origins : {"validation": `OriginFigures` of each origin as dicts, ...}; empty of a model trained on one source.
    working_range : [lowest, highest] magnification of `crackxai.model.by_origin.working_range`; None where unknown.
    band : half width of the review band around the threshold, 0 to below 0.5.
    network : what the weights are of, its input and preprocessing among it.
    left_out : what models trained without some origins made of them (see `crackxai.model.release.record_left_out`);
        empty where that was not measured.
    finding_rule : from which score on a finding of a scan counts.
    scans : how that was chosen: "false_findings", the mean in a sound photo that was allowed, and "photos"; empty where
        it was not.
    """

    name: str
    created: str
    threshold: float
    temperature: float
    data: dict[str, Any]
    recipe: dict[str, Any]
    seed: int
    versions: dict[str, str]
    command: str
    figures: dict[str, Any]
    rounding: float
    history: list[dict[str, Any]] = field(default_factory=list)
    origins: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    working_range: list[float] | None = None
    network: ResNet = RESNET50
    left_out: dict[str, Any] = field(default_factory=dict)
    band: float = DEFAULT_BAND
    finding_rule: FindingRule = field(default_factory=FindingRule)
    scans: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not (isinstance(self.threshold, (int, float)) and 0 < self.threshold < 1):
            raise model_error("card-threshold", file=CARD_FILE, received=repr(self.threshold))
        if not (isinstance(self.temperature, (int, float)) and math.isfinite(self.temperature)):
            raise model_error("card-temperature", file=CARD_FILE, received=repr(self.temperature))
        if not (isinstance(self.band, (int, float)) and 0 <= self.band < 0.5):
            raise model_error("card-band", file=CARD_FILE, received=repr(self.band))

    @property
    def input_side(self) -> int:
        """Of the network's square input, pixels."""
        return self.network.input_side


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
        raise model_error("no-card", file=CARD_FILE, folder=str(folder)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise model_error("damaged-card", file=str(path), why=str(error)) from error
    if isinstance(facts, dict) and "network" not in facts and "input_side" in facts:
        # A card of an earlier version, which knew one network only.
        facts["network"] = replace(RESNET50, input_side=facts["input_side"]).as_dict()
    # Not known of a model of an earlier version.
    later = {"origins", "working_range", "left_out", "band", "finding_rule", "scans"}
    names = {f.name for f in fields(ModelCard)} - later
    if not isinstance(facts, dict) or not names <= facts.keys():
        missing = sorted(names - set(facts)) if isinstance(facts, dict) else sorted(names)
        raise model_error("card-fields", file=str(path), missing=", ".join(missing))
    known = {name: facts[name] for name in names | (later & facts.keys())}
    if "finding_rule" in known:
        try:
            known["finding_rule"] = FindingRule.from_dict(known["finding_rule"])
        except (ValueError, TypeError, KeyError) as error:
            raise model_error("damaged-card", file=str(path), why=f"finding_rule: {error}") from error
    return ModelCard(**known | {"network": ResNet.from_dict(facts["network"])})


def write_card(card: ModelCard, folder: Path) -> None:
    """Write both cards."""
    write_files(
        {
            folder / CARD_FILE: json.dumps(asdict(card), indent=1, allow_nan=False) + "\n",
            folder / PEOPLE_FILE: as_markdown(card),
        }
    )
