"""A map as it was recorded: its values, and in words what it says and what it is worth."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from crackxai.errors import CrackXAIError
from crackxai.explain.record import Record, checked
from crackxai.explain.settings import MethodSettings
from crackxai.explain.truth import Localisation
from crackxai.inspection import faithfulness_wording, wording
from crackxai.inspection.records.judgements import ExplanationRecord
from crackxai.photo import Box
from crackxai.texts import Texts


@dataclass(frozen=True, eq=False)
class RecordedMap:
    """A map that can be shown. values : (H, W) float32; record : what was recorded of it."""

    record: Record
    values: NDArray[np.float32]

    @property
    def settings(self) -> MethodSettings:
        """How it was made."""
        return self.record.settings

    @property
    def base_value(self) -> float:
        """Probability of the hidden photo."""
        return float(self.record.facts["base_value"])

    @property
    def probability(self) -> float:
        """Of the photo, or its window."""
        return float(self.record.facts["probability"])

    @property
    def box(self) -> Box | None:
        """Of the window; None: of the whole photo."""
        return self.record.box


def recorded_map(row: ExplanationRecord) -> RecordedMap | None:
    """The map; None where its values were not kept, or the record is of a kind that this version does not know."""
    try:
        values = row.channel_values
        if values is None:
            return None
        return RecordedMap(checked(dict(row.record)), values.sum(axis=-1, dtype=np.float64).astype(np.float32))
    except CrackXAIError:
        return None


def settings_words(t: Texts, found: RecordedMap) -> str:
    """How it was made: method, fill, evaluations."""
    return t(
        "handover.map-settings",
        method=t(f"method.{found.settings.method}"),
        masker=wording.masker_name(t, found.settings),
        evaluations=f"{found.record.evaluations:,}",
    )


def worth(t: Texts, found: RecordedMap) -> list[str]:
    """What was found of the map's worth, a sentence or two each; that it was not tested where it was not."""
    told = []
    facts = found.record.facts
    if (tested := facts.get("faithfulness")) is not None:
        tenth, orders = tested.get("tenth"), found.record.test.settings.orders if found.record.test else 0
        if tenth is not None:
            told.append(
                t(
                    f"faithfulness.tenth-{'crack' if tested.get('leans_to') == 'crack' else 'sound'}",
                    share=f"{100 * tenth['share']:.0f}" if tenth["share"] >= 0.095 else f"{100 * tenth['share']:.1f}",
                    before=wording.percent(t, tenth["before"]),
                    after=wording.percent(t, tenth["after"]),
                    random=wording.percent(t, float(np.mean(tenth["random"]))),
                    orders=orders,
                )
            )
        gains = [tested.get("own_fill", {}).get(f"{kind}_better_than_chance") for kind in faithfulness_wording.KINDS]
        if None not in gains:
            good = all(each["gain"] > 0 and each["orders_beaten"] >= 0.95 * each["of"] for each in gains)
            deletion, insertion = gains
            told.append(
                t(
                    f"faithfulness.{'better' if good else 'mixed'}",
                    deletion=faithfulness_wording.signed(100 * deletion["gain"]),
                    insertion=faithfulness_wording.signed(100 * insertion["gain"]),
                    deletion_beaten=deletion["orders_beaten"],
                    insertion_beaten=insertion["orders_beaten"],
                    orders=orders,
                )
            )
    if (where := facts.get("localisation")) is not None:
        with contextlib.suppress(TypeError):  # of a version that says other things of it
            told.append(faithfulness_wording.localisation_words(t, Localisation(**where)))
    return told or [t("handover.map-untested")]
