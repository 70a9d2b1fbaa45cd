"""The model card for people: what ``card.json`` holds, in words and tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from crackxai.model.calibration import FEWEST, TEMPERATURE_PRIOR, UNSEEN, UNSEEN_ELSEWHERE
from crackxai.model.finding_rule import TILES

if TYPE_CHECKING:
    from crackxai.model.card import ModelCard


def as_markdown(card: ModelCard) -> str:
    """The card for people."""
    parts = [
        f"# {card.name}",
        "Tells the probability that a photo of concrete, plaster, brick or pavement, seen from close by, shows a "
        "crack. Made for CrackXAI; a help for an inspector, no substitute for one.",
        "## Model",
        f"{card.network.name} (He et al., 2016) without top, global average pooling, one sigmoid unit; input "
        f"{card.input_side} x {card.input_side} RGB, squashed by area interpolation; preprocessing "
        f"{card.network.preprocessing}. "
        f"Kernels are stored as float16 and computed in float32, which moved no probability of the measured photos by "
        f"more than {math.ceil(card.rounding * 1e4) / 1e4:.4f}.",  # rounded up: it is said as a bound
        f"Decision threshold {card.threshold:.3g}; temperature {card.temperature:.3f}, already folded into the last "
        "layer, so that the network's output is the calibrated probability. Both were chosen on the validation photos"
        + (", all origins counting the same, " if card.origins else ", ")
        + "the more cautiously the fewer they are: the temperature as if its logarithm were known to be 0 ± "
        f"{TEMPERATURE_PRIOR} beforehand; a threshold other than 0.5 from {FEWEST} photos of either kind on. "
        f"A probability within {card.band:g} of the threshold needs review"
        + (
            f": the narrowest band outside which at most {100 * UNSEEN:g} % of them are told wrongly"
            + (f", and at most {100 * UNSEEN_ELSEWHERE:g} % of origins left out" if card.left_out else "")
            + ", or the widest that there is."
            if card.origins
            else "."
        ),
        "## Data",
        "\n".join(f"- {key}: {value}" for key, value in card.data.items()),
        "## Figures",
        _figures_table(card.figures),
        *(_origins_table(part, own) for part, own in card.origins.items()),
        _by_scale(card.origins.get("validation", []), card.working_range),
        _left_out(card.left_out),
        "## Scans",
        _scans(card),
        "## Training",
        f"{_training(card.recipe)}, seed {card.seed}. Made on {card.created} with "
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


def _training(recipe: dict[str, Any]) -> str:
    """What was done to the weights, in words."""
    said = f"Recipe `{recipe['name']}`, starting from {recipe.get('weights') or 'random weights'}: "
    refitted = f"the last unit fitted anew to {recipe.get('refit', 0)} pictures without augmentation"
    if not recipe["phases"]:  # of an average nothing is trained on
        return f"{said}the mean of their weights, statistics of batch normalisation taken anew, {refitted}"
    said += ", then ".join(f"{_epochs(count)} at {side} px" for side, count in recipe["phases"])
    if recipe.get("refit", 0):  # not known of a model of an earlier version
        said += f", then {refitted}"
    return f"{said}; batch {recipe['batch_size']}, learning rate {recipe['learning_rate']:g}"


def _figures_table(figures: dict[str, Any]) -> str:
    lines = ["| | " + " | ".join(figures) + " |", "| --- |" + " --- |" * len(figures)]
    for key, label in _ROWS.items():
        cells = (f"{v:.4f}" if isinstance(v, float) else str(v) for v in (f[key] for f in figures.values()))
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _history_table(history: list[dict[str, Any]]) -> str:
    if not history:
        return ""
    head = list(history[0])
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(str(row[key]) for key in head) + " |" for row in history]
    return "\n".join(lines)


def _origins_table(part: str, origins: list[dict[str, Any]]) -> str:
    """A row an origin, then the mean over them and the worst."""
    balanced = [origin["balanced_accuracy"] for origin in origins]
    lines = [
        f"By origin, {part} (windows of photos with masks; 95 % interval over photos):",
        "",
        "| origin | recall | specificity | balanced accuracy | AUC | calibration error |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for origin in origins:
        cells = [_rate(origin["recall"]), _rate(origin["specificity"]), f"{origin['balanced_accuracy']:.3f}"]
        auc = "" if origin["auc"] is None else f"{origin['auc']:.3f}"
        lines.append(f"| {origin['name']} | {' | '.join(cells)} | {auc} | {origin['calibration_error']:.3f} |")
    worst = origins[balanced.index(min(balanced))]["name"]
    lines.append(f"| **mean** | | | {sum(balanced) / len(balanced):.3f} | | |")
    lines.append(f"| **worst** ({worst}) | | | {min(balanced):.3f} | | |")
    return "\n".join(lines)


def _epochs(count: float) -> str:
    return f"{count:g} epoch{'' if count == 1 else 's'}"


def _left_out(facts: dict[str, Any]) -> str:
    """The figures that tell what a user's own wall will see; empty where nothing was left out."""
    if not facts:
        return ""
    phases = facts["recipe"]["phases"]
    runs = ", then ".join(f"{_epochs(count)} of {facts['pictures']} pictures at {side} px" for side, count in phases)
    lines = [
        f"Leave one origin out: short runs ({runs}; starting from {facts['weights']}), each trained without the "
        "origins of its row and judged on their validation windows. This is what a wall of a kind that was not "
        "trained on will see.",
        "",
        "| left out | recall | specificity | balanced accuracy | AUC | calibration error |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for group in facts["groups"]:
        for origin in group["origins"]:
            auc = "" if origin["auc"] is None else f"{origin['auc']:.3f}"
            lines.append(
                f"| {origin['name']} (of {' and '.join(group['names'])}) | {_rate(origin['recall'])} | "
                f"{_rate(origin['specificity'])} | {origin['balanced_accuracy']:.3f} | {auc} | "
                f"{origin['calibration_error']:.3f} |"
            )
    lines.append(f"| **mean over what was left out** | | | {facts['balanced_accuracy']:.3f} | | |")
    doubted = facts["mistakes_doubted"]
    if doubted is not None:
        lines += ["", f"Of the confident mistakes among them {100 * doubted:.0f} % are doubted as unlike the training "
                      "photos, at the limit that doubts 5 % of the confident right answers."]  # fmt: skip
    if "unseen" in facts:  # not known of a model of an earlier version
        lines += ["", f"Of all answers on them {100 * facts['review']:.0f} % lie in the review band, and "
                      f"{100 * facts['unseen']:.1f} % are wrong outside it."]  # fmt: skip
    return "\n".join(lines)


def _scans(card: ModelCard) -> str:
    """The rule of findings in words."""
    rule = card.finding_rule
    told = (
        f"A large photo is scanned tile by tile. A finding counts from a score of {rule.threshold:.2f} on in a photo "
        f"of {TILES} tiles; a larger photo has more chances of a false one, so that the log-odds asked for rise by "
        f"{rule.growth:g} with each e-fold of tiles, to {rule.at(100):.2f} at 100 and {rule.at(1000):.2f} at 1,000 "
        "tiles. "
    )
    if not card.scans:
        return told + "Not chosen on this model's own scans: what the product uses where nothing was measured."
    return told + (
        f"The threshold is the lowest at which sound photos of {card.scans['origins']} origins "
        f"({card.scans['photos']} photos) have at most {card.scans['false_findings']:g} false findings each, in the "
        "mean over origins."
    )


def _rate(rate: dict[str, Any] | None) -> str:
    if rate is None:
        return ""
    return f"{rate['value']:.3f} ({rate['low']:.3f}–{rate['high']:.3f}; {rate['windows']} of {rate['groups']} photos)"


def _by_scale(origins: list[dict[str, Any]], working: list[float] | None) -> str:
    """In words; empty where nothing was measured by scale."""
    at: dict[float, list[float]] = {}
    for origin in origins:
        for row in origin["by_scale"]:
            if row["recall"] and row["specificity"]:
                at.setdefault(row["scale"], []).append((row["recall"]["value"] + row["specificity"]["value"]) / 2)
    if not at:
        return ""
    told = ", ".join(f"{sum(values) / len(values):.3f} at {scale:g}x" for scale, values in sorted(at.items()))
    words = (
        f"By scale: balanced accuracy at the same places, seen at several magnifications, is {told}. At 1x a pixel of "
        "the photo is one of the network's; at 0.5x the wall is seen from twice as far."
    )
    if working is None:
        return words
    low, high = working
    return (
        f"{words} Working range: {low:g}x to {high:g}x, which is {1 / high:g} to {1 / low:g} times as many millimetres "
        "to a pixel of the network as the photos trained on have."
    )
