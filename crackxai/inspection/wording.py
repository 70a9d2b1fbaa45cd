"""Results in words: numbers, names, verdicts and maps in the reader's language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from crackxai.explain.localisation import parts as parts_of
from crackxai.explain.maskers import MaskerSettings
from crackxai.explain.methods import METHODS
from crackxai.explain.parameters import Parameter, parameters_of
from crackxai.explain.regions import USUAL
from crackxai.explain.settings import MethodSettings
from crackxai.inspection.wall_scale import Length
from crackxai.model.decision import Verdict
from crackxai.texts import Texts

SPOKEN_OF = 0.005
"""Change of probability from which a part of a map is spoken of."""


def percent(t: Texts, p: float) -> str:
    """One decimal, without claiming certainty that rounding made up."""
    if p > 0.999:
        return t("format.over", value="99.9 %")
    if p < 0.001:
        return t("format.under", value="0.1 %")
    return f"{100 * p:.1f} %"


def points(t: Texts, difference: float) -> str:
    """A difference of probabilities, in percentage points, with its sign."""
    return t("format.points", value=f"{100 * difference:+.1f}".replace("-", "−"))


def length_words(t: Texts, length: Length) -> str:
    """Centimetres with their error, where it is known; millimetres are told while the error is below one centimetre."""
    digits = 1 if length.error is not None and length.error < 9.5 else 0
    value = f"{length.mm / 10:.{digits}f}"
    if length.error is None:
        return t("format.centimetres", value=value)
    return t("format.centimetres-error", value=value, error=f"{length.error / 10:.{digits}f}")


def masker_name(t: Texts, settings: MaskerSettings | MethodSettings) -> str:
    """The masker with its own numbers; before it the method and its numbers, and behind it the regions, where these are
    not the usual ones."""
    method = getattr(settings, "method", None)
    parts = []
    if method not in (None, next(iter(METHODS))):
        parts.append(t(f"method.{method}"))
        parts += (t(f"parameter-told.{each.name}", count=getattr(settings, each.name)) for each in _told(settings))
    if isinstance(settings, MaskerSettings):
        name, values = settings.fill
        words = [t(f"masker.{name}"), *(str(value) for _, value in values)]
        if (regions := getattr(settings, "regions", USUAL)) != USUAL:
            words.append(f"({t(f'regions.{regions}')})")
        parts.append(" ".join(words))
    return t("format.comma").join(parts)


def _told(settings: Any) -> list[Parameter]:
    """The method's numbers that tell its runs from each other."""
    return [
        each for each in parameters_of(settings) if each.asked and each.name != getattr(settings, "budget", "max_evals")
    ]


def map_name(t: Texts, settings: MethodSettings) -> str:
    """What the picture of a map is called."""
    usual = settings.method == next(iter(METHODS))
    return t("maps.map") if usual else t("maps.map-of", method=t(f"method.{settings.method}"))


def unit(t: Texts, *settings: MethodSettings) -> str:
    """What a value of these maps is, which share a scale; their methods may differ."""
    names = {t(f"value.{method}") for method in {each.method for each in settings}}
    return t("maps.unit", value=names.pop()) if len(names) == 1 else t("maps.unit-any")


def grey(t: Texts, settings: MethodSettings) -> str:
    """What it means where a map has no colour."""
    return t(f"grey.{settings.method}")


def verdict_title(t: Texts, verdict: Verdict) -> str:
    """The kind and the probability."""
    return f"{t(f'verdict.{verdict.kind}')} · {percent(t, verdict.probability)}"


def verdict_words(t: Texts, verdict: Verdict) -> str:
    """What the probability says, and whether the doubts outweigh it."""
    doubted = verdict.doubts and verdict.by_probability != "review"
    return t(
        f"verdict.{'doubted' if doubted else verdict.kind}-words",
        probability=percent(t, verdict.probability),
        threshold=percent(t, verdict.threshold),
        low=percent(t, max(0.0, verdict.threshold - verdict.band)),
        high=percent(t, min(1.0, verdict.threshold + verdict.band)),
    )


def rule_words(t: Texts, threshold: float, band: float) -> str:
    """Threshold and review band."""
    return t("shell.threshold-band", threshold=percent(t, threshold), band=f"{100 * band:.0f}")


def hides(settings: MethodSettings) -> bool:
    """Whether the method hides parts of the photo, so that its base value is that of the hidden photo."""
    return isinstance(settings, MaskerSettings)


class MapFacts(Protocol):
    """What is told of a map: an `Explanation`, or one that was recorded."""

    @property
    def values(self) -> NDArray[np.float32]:
        """(H, W) float32."""

    @property
    def settings(self) -> MethodSettings:
        """How it was made."""

    @property
    def base_value(self) -> float:
        """Probability of the hidden photo."""

    @property
    def probability(self) -> float:
        """Of the photo."""


def map_words(t: Texts, result: MapFacts) -> str:
    """Where the weight lies: a sentence for everybody, and the picture's alternative text."""
    found = parts_of(result.values)
    most, least = found[0], found[-1]
    settings = result.settings
    regions = getattr(settings, "regions", USUAL)
    name = masker_name(t, settings)
    if settings.method == next(iter(METHODS)):
        told = "maps.words" if regions == USUAL else "maps.words-regions"
        name = masker_name(t, replace(settings, regions=USUAL))  # type: ignore[type-var]
    elif not settings.adds_up:
        told = "maps.words-apart"
    else:
        told = "maps.words-method" if hides(settings) else "maps.words-unhidden"
    words = t(
        told,
        masker=name,
        regions=t(f"regions.{regions}"),
        base=percent(t, result.base_value),
        probability=percent(t, result.probability),
    )
    for way, part, spoken_of in (
        ("raised", most, most.value > SPOKEN_OF),
        ("lowered", least, least.value < -SPOKEN_OF),
    ):
        if spoken_of:
            place = t(f"place.{part.row}-{part.column}")
            # Where values do not add up, there is no sum of a part to be told.
            words += " " + (
                t(f"maps.words-{way}", place=place, value=points(t, part.value))
                if settings.adds_up
                else t(f"maps.words-{way}-most", place=place)
            )
    if most.value <= SPOKEN_OF and least.value >= -SPOKEN_OF:
        words += " " + t("maps.words-nothing" if settings.adds_up else "maps.words-little")
    return words
