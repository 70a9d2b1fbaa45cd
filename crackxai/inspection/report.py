"""One page that tells a result and can be checked: opens anywhere, fetches nothing, runs nothing, prints."""

from __future__ import annotations

import dataclasses
import datetime

import numpy as np

from crackxai.explain.explanation import Explanation
from crackxai.explain.faithfulness_result import Faithfulness
from crackxai.inspection import faithfulness_figure, faithfulness_wording, html_page, pictures, wording
from crackxai.inspection.pictures import Look
from crackxai.model.decision import Verdict
from crackxai.photo import Photo
from crackxai.render import display_picture, png
from crackxai.texts import Texts

PICTURE_SIDE = 640
"""Longer side of the report's pictures, pixels."""


def report(
    photo: Photo, result: Explanation, verdict: Verdict, texts: Texts | None = None, look: Look | None = None
) -> str:
    """A self-contained HTML page with the photo, its verdict and doubts, the map, and all that is needed to check it.

    Parameters
    ----------
    result : the explanation of ``photo``.
    verdict : of `crackxai.judge`.
    texts : the language; default: English.
    look : how the map is drawn.

    >>> Path("wall.html").write_text(report(photo, explain(model, photo), judge(model, photo)), "utf-8")
    """
    t = (texts or Texts()).unmarked()
    look = look or Look()
    limit = pictures.limit_of(result.values, look)
    shown = display_picture(photo.rgb, PICTURE_SIDE)
    words, own_name = wording.map_words(t, result), wording.map_name(t, result.settings)
    images = (
        (t("maps.photo"), t("photos.alt", name=photo.name), png(shown)),
        (t("maps.overlay"), words, pictures.drawn(shown, result.values, limit, look)),
        (own_name, t("maps.map-alt", words=words), pictures.alone(shown, result.values, limit, look)),
    )
    return html_page.render(
        "report.html",
        language=t.language,
        title=t("report.title", name=photo.name),
        heading=wording.verdict_title(t, verdict),
        verdict=wording.verdict_words(t, verdict),
        notes=[*(t.message(doubt.message) for doubt in verdict.doubts), *(t.message(note) for note in photo.notes)],
        images=[(title, alt, html_page.png_url(image)) for title, alt, image in images],
        scale=pictures.scale(t, limit, look, result.settings),
        words=words,
        worth=_worth(t, result),
        facts=_facts(t, photo, result, verdict),
        caution=t("report.caution"),
        verify=t("report.verify"),
        record_title=t("report.record"),
        record=dataclasses.replace(result, verdict=verdict).to_json(),
    )


def _worth(t: Texts, result: Explanation) -> dict[str, object] | None:
    """What was found of the map's worth: paragraphs, curves, and the table of their areas; None where nothing was."""
    where, found = result.localisation, result.faithfulness
    if where is None and found is None:
        return None
    paragraphs = [] if where is None else [faithfulness_wording.localisation_words(t, where)]
    known = [] if found is None else faithfulness_wording.rows(t, found)
    table = [] if found is None else faithfulness_wording.table(t, found)
    if found is not None:
        paragraphs += faithfulness_wording.in_words(t, found)
    return {
        "title": t("faithfulness.title"),
        "paragraphs": paragraphs,
        "images": [
            (row.alt, html_page.png_url(faithfulness_figure.panel(t, found, place)))
            for place, row in enumerate(known)
            if found is not None
        ],
        "legend": t("faithfulness.legend", orders=found.orders) if found and known else "",
        "columns": list(table[0]) if table else [],
        "rows": [list(row.values()) for row in table],
        "areas": t("faithfulness.areas") if table else "",
    }


def _tested(t: Texts, found: Faithfulness | None) -> str:
    """How the map was tested."""
    if found is None:
        return ""
    return t(
        "faithfulness.report-tested",
        evaluations=f"{found.evaluations:,}",
        orders=found.orders,
        seed=found.seed,
        other=wording.masker_name(t, found.other_fill),
    )


def _sum(t: Texts, result: Explanation) -> str:
    """The map's sum, and what it need not be."""
    total = wording.points(t, float(result.values.sum(dtype=np.float64)))
    if result.settings.adds_up:
        return total
    return t("report.sum-apart", sum=total, difference=wording.points(t, result.probability - result.base_value))


def _facts(t: Texts, photo: Photo, result: Explanation, verdict: Verdict) -> dict[str, str]:
    """The report's table, by the titles of its rows."""
    width, height = photo.original_size
    settings = result.settings.as_dict()
    rows = {
        "photo": f"{photo.name}, {width} × {height} {photo.format}",
        "window": "" if photo.whole is None else t("report.window-words", **photo.box.as_dict()),
        "photo-sha256": photo.sha256,
        "probability": wording.percent(t, result.probability),
        "threshold": wording.rule_words(t, verdict.threshold, verdict.band),
        "base": wording.percent(t, result.base_value),
        "method": t(f"method.{result.settings.method}"),
        "sum": _sum(t, result),
        "masker": wording.masker_name(t, result.settings),
        "evaluations": f"{result.evaluations:,}",
        "batch-seed": ", ".join(str(settings[name]) for name in ("batch_size", "seed") if name in settings),
        "seconds": f"{result.seconds:.1f}",
        "model": result.model_name,
        "fingerprint": result.model_fingerprint,
        "precision": f"{result.precision}, {result.device}",
        "values-sha256": result.values_sha256,
        "versions": ", ".join(f"{name} {version}" for name, version in result.versions.items()),
        "made": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    named = {t(f"report.{name}"): value for name, value in rows.items() if value}
    tested = _tested(t, result.faithfulness)
    return named | ({t("faithfulness.report-test"): tested} if tested else {})
