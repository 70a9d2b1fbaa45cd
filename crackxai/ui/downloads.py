"""Taking a result along: overlay, figure, values, record, and a page that opens anywhere."""

from __future__ import annotations

import base64
import datetime
from pathlib import Path

import jinja2
import streamlit as st

from crackxai import Explanation, Photo, Verdict
from crackxai.render import png
from crackxai.ui import maps, resources
from crackxai.ui.controls import Look
from crackxai.ui.formats import masker_name, percent, points
from crackxai.ui.text import language, message, t


def downloads(photo: Photo, result: Explanation, look: Look, limit: float, verdict: Verdict) -> None:
    """A row of buttons; each file is made when it is asked for."""
    stem = f"{Path(photo.name).stem}-{result.settings.masker}-{result.evaluations}"
    # The words are looked up now: the server makes the file later, outside of the page's script.
    html = report_parts(photo, result, look, limit, verdict)
    rows = (
        ("report", lambda: report(html), "html", "text/html", "description"),
        ("overlay", lambda: maps.drawn(resources.display(photo, 1200), result.values, limit, look), "png",
         "image/png", "layers"),
        ("values", result.to_npz, "npz", "application/octet-stream", "grid_on"),
        ("record", result.to_json, "json", "application/json", "data_object"),
    )  # fmt: skip
    with st.container(horizontal=True):
        for name, data, ending, mime, icon in rows:
            st.download_button(
                t(f"downloads.{name}"),
                data,
                f"{stem}.{ending}",
                mime,
                key=f"download-{name}",
                on_click="ignore",
                icon=f":material/{icon}:",
                help=t(f"downloads.{name}-help"),
            )


def report_parts(photo: Photo, result: Explanation, look: Look, limit: float, verdict: Verdict) -> dict:
    """What the report's template asks for, in the engineer's language."""
    facts = {
        "report.photo": f"{photo.name}, {photo.original_size[0]} × {photo.original_size[1]} {photo.format}",
        "report.photo-sha256": photo.sha256,
        "report.probability": percent(result.probability),
        "report.threshold": t(
            "shell.threshold-band", threshold=percent(verdict.threshold), band=f"{100 * verdict.band:.0f}"
        ),
        "report.base": percent(result.base_value),
        "report.sum": points(float(result.values.sum())),
        "report.masker": masker_name(result.settings),
        "report.evaluations": f"{result.evaluations:,}",
        "report.batch-seed": f"{result.settings.batch_size}, {result.settings.seed}",
        "report.seconds": f"{result.seconds:.1f}",
        "report.model": result.model_name,
        "report.fingerprint": result.model_fingerprint,
        "report.precision": f"{result.precision}, {result.device}",
        "report.values-sha256": result.values_sha256,
        "report.versions": ", ".join(f"{name} {version}" for name, version in result.versions.items()),
        "report.made": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    return {
        "language": language(),
        "title": t("report.title", name=photo.name),
        "heading": f"{t(f'verdict.{verdict.kind}')} · {percent(verdict.probability)}",
        "words": maps.in_words(result),
        "notes": [
            *(message(doubt.message).replace("**", "") for doubt in verdict.doubts),
            *(message(note) for note in photo.notes),
        ],
        "captions": [t(f"maps.{name}") for name in ("photo", "overlay", "map")],
        "scale": maps.scale(limit, look),
        "facts": {t(name): value for name, value in facts.items()},
        "caution": t("report.caution"),
        "verify": t("report.verify"),
        "record_title": t("report.record"),
        "record": result.to_json(),
        "photo": photo,
        "result": result,
        "look": look,
        "limit": limit,
    }


def report(parts: dict) -> str:
    """One self-contained HTML page: no script, nothing fetched; prints on A4 or letter."""
    result, look, limit = parts["result"], parts["look"], parts["limit"]
    picture = resources.display(parts["photo"])
    images = [
        png(picture),
        maps.drawn(picture, result.values, limit, look),
        maps.alone(picture, result.values, limit, look),
    ]
    template = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
        (Path(__file__).parent / "report.html").read_text("utf-8")
    )
    return template.render(**parts, images=[base64.b64encode(image).decode() for image in images])
