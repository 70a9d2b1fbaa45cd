"""What a test of a map found, in words: for the page, the report and the command line."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crackxai.explain.curves import Against, Curve, FillCurves
from crackxai.explain.faithfulness_result import Faithfulness
from crackxai.explain.truth import Localisation
from crackxai.inspection.wording import masker_name, percent
from crackxai.texts import Texts

AS_WELL = 0.02
"""Difference of mean probability over a curve below which two orders are called as good."""
KINDS = ("deletion", "insertion")


def in_words(t: Texts, found: Faithfulness) -> list[str]:
    """What is known now, a sentence or two each, the plainest first; none before the first answer."""
    told = [_tenth(t, found)]
    if found.complete and not found.tells_little and found.tenth is not None:
        told.append(_half(t, found))
    if found.complete and found.tells_little and found.own.reach is not None:
        low, high = (percent(t, each) for each in found.own.reach)
        told.append(t("faithfulness.little", low=low, high=high))
    if found.complete:
        told += _judged(t, found)
    return [words for words in told if words]


def standing(found: Faithfulness) -> str:
    """In a word what `in_words` tells: "begun", then "flat", "little", "better", "fill-disagrees" or "mixed"."""
    if found.tenth is None and found.evaluations:
        return "flat"
    own, other = (_against(found, curves) for curves in (found.own, found.other))
    if not found.complete or own is None or other is None:
        return "begun"
    if found.tells_little:
        return "little"
    if not _is_better(own):
        return "mixed"
    return "better" if _is_better(other) else "fill-disagrees"


def _tenth(t: Texts, found: Faithfulness) -> str:
    if (tenth := found.tenth) is None:
        return t("faithfulness.flat") if found.evaluations else ""
    return t(
        f"faithfulness.tenth-{'crack' if found.cracked else 'sound'}",
        share=f"{100 * tenth.share:.0f}" if tenth.share >= 0.095 else f"{100 * tenth.share:.1f}",
        before=percent(t, tenth.before),
        after=percent(t, tenth.after),
        random=percent(t, tenth.random_mean),
        orders=found.orders,
    )


def _half(t: Texts, found: Faithfulness) -> str:
    """Where the map's order takes the model to the other side of a half, and where random orders do."""
    if (curve := found.own.deletion) is None or (share := curve.crossing()) is None:
        return ""
    # An order that never does is later than any.
    random = float(np.median([math.inf if (c := each.crossing()) is None else c for each in found.own.random]))
    return t(
        f"faithfulness.half-{'crack' if found.cracked else 'sound'}",
        share=_share(share),
        random=_share(random) if math.isfinite(random) else t("faithfulness.half-never"),
        orders=found.orders,
    )


def _judged(t: Texts, found: Faithfulness) -> Iterator[str]:
    own = _against(found, found.own)
    other = _against(found, found.other)
    if found.tenth is None or own is None or other is None or found.tells_little:
        return
    good = _is_better(own)
    yield t(
        f"faithfulness.{'better' if good else 'mixed'}",
        **_gains(own),
        deletion_beaten=own[0].beaten,
        insertion_beaten=own[1].beaten,
        orders=found.orders,
    )
    if good and _centre_does_as_well(found):
        yield t("faithfulness.centre")
    if good and not _is_better(other):
        yield t("faithfulness.fill-disagrees", other=masker_name(t, found.other_fill), **_gains(other))


def _against(found: Faithfulness, curves: FillCurves) -> tuple[Against, Against] | None:
    deletion, insertion = (found.against(curves, kind) for kind in KINDS)
    return None if deletion is None or insertion is None else (deletion, insertion)


def _is_better(found: tuple[Against, Against]) -> bool:
    """Than nineteen of twenty random orders, by both curves."""
    return all(each.gain > 0 and each.beaten >= 0.95 * len(each.random) for each in found)


def _centre_does_as_well(found: Faithfulness) -> bool:
    """Whether the order from the centre is within `AS_WELL` of the map's, or better, by both curves."""
    sign = 1 if found.cracked else -1
    differences = [
        (centre.area() - mine.area()) * sign * (1 if kind == "deletion" else -1)
        for kind in KINDS
        if (mine := getattr(found.own, kind)) and (centre := getattr(found.own, f"centre_{kind}"))
    ]
    return len(differences) == len(KINDS) and max(differences) < AS_WELL


def _gains(found: tuple[Against, Against]) -> dict[str, str]:
    return {kind: signed(100 * each.gain) for kind, each in zip(KINDS, found, strict=True)}


def signed(value: float, digits: int = 1) -> str:
    """With its sign, also of 0."""
    return f"{value:+.{digits}f}".replace("-", "−")


@dataclass(frozen=True)
class Row:
    """A curve that is known, with what it is compared with.

    Attributes
    ----------
    fill, kind : in words. curve, centre : in the map's order, from the centre outwards. random : of random orders.
    cells : of the table below the curves, by name.
    """

    fill: str
    kind: str
    deletes: bool
    curve: Curve
    centre: Curve | None
    random: tuple[Curve, ...]
    cells: dict[str, str]
    alt: str


def rows(t: Texts, found: Faithfulness) -> list[Row]:
    """The curves that are known, those of the map's own fill first."""
    made = []
    for fill, curves in found.fills:
        for kind in KINDS:
            curve, deletes = getattr(curves, kind), kind == "deletion"
            if curve is None:
                continue
            random = curves.random if deletes else tuple(each.mirrored() for each in curves.random)
            centre = getattr(curves, f"centre_{kind}")
            name, title = masker_name(t, fill), t(f"faithfulness.{kind}")
            cells = {
                "map": percent(t, curve.area()),
                "random": percent(t, float(np.mean([each.area() for each in random]))) if random else "–",
                "centre": percent(t, centre.area()) if centre else "–",
                **_chance(t, found, curves, kind),
            }
            alt = t(
                "faithfulness.alt",
                kind=title,
                fill=name,
                area=cells["map"],
                random=cells["random"],
                centre=cells["centre"],
            )
            made.append(Row(name, title, deletes, curve, centre, random, cells, alt))
    return made


def _chance(t: Texts, found: Faithfulness, curves: FillCurves, kind: str) -> dict[str, str]:
    against, odds = (found.against(curves, kind, in_log_odds) for in_log_odds in (False, True))
    if against is None or odds is None:
        return {"gain": "–", "odds": "–", "beaten": "–"}
    return {
        "gain": signed(100 * against.gain),
        "odds": signed(odds.gain, 2),
        "beaten": f"{against.beaten} / {len(against.random)}",
    }


def table(t: Texts, found: Faithfulness) -> list[dict[str, str]]:
    """The areas of all known curves, a column each: a phone has no room for more."""
    known = rows(t, found)
    return [
        {"": t(f"faithfulness.row-{name}")}
        | {t("faithfulness.panel", kind=row.kind, fill=row.fill): row.cells[name] for row in known}
        for name in (known[0].cells if known else ())
    ]


def localisation_words(t: Texts, found: Localisation) -> str:
    """How the map lies on the true crack."""
    pointing = "yes" if found.pointing == 1 else "no" if found.pointing == 0 else "part"
    return t(
        "faithfulness.localisation-words",
        mass=t("faithfulness.nothing-raises") if found.mass is None else _share(found.mass),
        widened=found.widened,
        area=_share(found.area),
        rank=_share(found.rank),
        overlap=_share(found.overlap),
        chance=_share(found.overlap_by_chance),
        pointing=t(f"faithfulness.pointing-{pointing}", share=f"{100 * found.pointing:.0f}"),
    )


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
