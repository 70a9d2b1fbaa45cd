"""A scan as one page that opens anywhere: the whole photo with its findings, and why each explained window is one."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Any

from crackxai.explain.explanation import Explanation
from crackxai.inspection import html_page, pictures, scan_wording, wording
from crackxai.inspection.findings import Finding
from crackxai.inspection.pictures import Look
from crackxai.inspection.scan import Scan
from crackxai.inspection.scan_files import as_json, explained_picture, heat_picture
from crackxai.inspection.wall_scale import WallScale
from crackxai.model.quality import SENTENCES
from crackxai.photo import Photo
from crackxai.render import FIXED_LIMIT, display_picture, own_limit
from crackxai.texts import Texts

LISTED = 100
"""Findings in the table, the best ones; all are in the record."""
WINDOW_SIDE = 480
"""Longer side of the pictures of a window, pixels."""
COLUMNS = ("number", "score", "probability", "pixels", "length", "scale", "place", "doubts")


def scan_report(
    photo: Photo,
    scan: Scan,
    explained: Sequence[Explanation] = (),
    texts: Texts | None = None,
    look: Look | None = None,
) -> str:
    """A self-contained HTML page with all that a scan found, what it did not examine, and how to make it again.

    Parameters
    ----------
    scan : of ``photo``.
    explained : of windows of the photo, with their `Explanation.photo_box`; drawn on one colour scale, those of
        findings first.
    texts : the language; default: English.
    look : how maps and heat are drawn.

    >>> Path("wall.html").write_text(scan_report(photo, scan(model, photo)), "utf-8")
    """
    t = (texts or Texts()).unmarked()
    look = look or Look()
    windows = _windows(t, photo, scan, explained, look)
    methods = [each.settings for each in explained]
    return html_page.render(
        "scan_report.html",
        language=t.language,
        title=t("report.title", name=photo.name),
        heading=scan_wording.verdict_title(t, scan),
        verdict=scan_wording.verdict_words(t, scan),
        notes=_notes(t, photo, scan),
        images=_images(t, photo, scan, explained, look),
        scale="  ·  ".join(scan_wording.wall_words(t, scan)) or t("scale.none"),
        findings=t("scan.findings", count=len(scan.findings)) if scan.findings else t("scan.none"),
        columns=[t(f"report.finding-{name}") for name in COLUMNS] if scan.findings else [],
        rows=[_row(t, number, each, scan) for number, each in enumerate(scan.findings[:LISTED], 1)],
        left_out=t("report.findings-left-out", count=len(scan.findings) - LISTED)
        if len(scan.findings) > LISTED
        else "",
        unexamined_title=t("report.unexamined"),
        unexamined=_unexamined(t, scan),
        windows_title=t("report.windows", count=len(windows)),
        windows=windows,
        colours=pictures.scale(t, _limit(explained, look), look, *methods) if windows else "",
        maps_words=t("scan.maps-words"),
        caution=t("report.scan-caution"),
        facts={t(f"report.{name}"): value for name, value in _facts(t, photo, scan).items()},
        verify=t("report.verify"),
        record_title=t("report.record"),
        record=as_json(scan),
    )


def _notes(t: Texts, photo: Photo, scan: Scan) -> list[str]:
    told = [] if scan.complete else [t("scan.stopped", done=f"{scan.tiles:,}", total=f"{scan.total:,}")]
    if scan.unexamined:
        told.append(t("scan.unexamined", count=len(scan.unexamined)))
    return [*told, *(t.message(note) for note in photo.notes)]


def _images(
    t: Texts, photo: Photo, scan: Scan, explained: Sequence[Explanation], look: Look
) -> list[tuple[str, str, str]]:
    """Caption, alternative text and address of each picture of the whole photo."""
    alt = t("photos.alt", name=photo.name)
    found = [(t("report.heat"), alt, html_page.jpeg_url(heat_picture(photo, scan, look.palette)))]
    if maps := [(each.photo_box, each.values) for each in explained if each.photo_box is not None]:
        image = explained_picture(photo, maps, look.palette)
        found.append((t("report.maps"), alt, html_page.jpeg_url(image)))
    return found


def _row(t: Texts, number: int, finding: Finding, scan: Scan) -> list[str]:
    """The cells of `COLUMNS`."""
    length = None if finding.weak else scan.length(finding)
    below = [] if finding.score >= scan.threshold else [t("scan.below")]
    return [
        str(number),
        f"{finding.score:.2f}",
        wording.percent(t, finding.probability),
        "" if finding.weak else f"{finding.length:,.0f}",
        "" if length is None else wording.length_words(t, length),
        " ".join(f"{scale:.3g}×" for scale in finding.scales),
        t("report.place", **finding.box.as_dict()),
        " ".join([*below, *scan_wording.doubts(t, finding, scan)]),
    ]


def _unexamined(t: Texts, scan: Scan) -> list[tuple[str, int]]:
    """Why, and of how many tiles; a tile may have several doubts. And the tiles that were not judged at all."""
    counts = Counter(kind for tile in scan.unexamined for kind in tile.doubts)
    told = [(t(f"scan-doubt.{kind}"), counts[kind]) for kind in SENTENCES if counts[kind]]
    return told if scan.complete else [*told, (t("report.not-judged"), scan.total - scan.tiles)]


def _limit(explained: Sequence[Explanation], look: Look) -> float:
    """Where the one colour scale of all maps is saturated, probability per pixel."""
    return max(own_limit(each.values) for each in explained) if look.own_scale else FIXED_LIMIT


def _windows(t: Texts, photo: Photo, scan: Scan, explained: Sequence[Explanation], look: Look) -> list[dict[str, Any]]:
    """What is told of each window; those of findings first, by their numbers."""
    numbers = {each.tile: number for number, each in reversed(list(enumerate(scan.findings, 1)))}
    of = sorted(
        ((each.photo_box, each) for each in explained if each.photo_box is not None),
        key=lambda window: numbers.get(window[0], len(scan.findings) + 1),
    )
    made = []
    for box, result in of:
        # Boxes are the file's, whatever the scan is of.
        shown = display_picture((photo.whole or photo).window(box).rgb, WINDOW_SIDE)
        limit, words = _limit(explained, look), wording.map_words(t, result)
        made.append(
            {
                "title": t("scan.opened", number=numbers[box]) if box in numbers else t("scan.opened-own"),
                "place": t("report.window-words", **box.as_dict()),
                "words": words,
                "images": [
                    (t("maps.photo"), t("photos.alt", name=photo.name), html_page.jpeg_url(shown)),
                    (t("maps.overlay"), words, html_page.png_url(pictures.drawn(shown, result.values, limit, look))),
                ],
                "facts": {
                    t(f"report.{name}"): value
                    for name, value in {
                        "probability": wording.percent(t, result.probability),
                        "base": wording.percent(t, result.base_value),
                        "masker": wording.masker_name(t, result.settings),
                        "evaluations": f"{result.evaluations:,}",
                        "values-sha256": result.values_sha256,
                    }.items()
                },
                "record": result.to_json(),
            }
        )
    return made


def _source(t: Texts, scale: WallScale | None) -> str:
    return t("report.scale-none") if scale is None else t(f"report.scale-{scale.source}")


def _facts(t: Texts, photo: Photo, scan: Scan) -> dict[str, str]:
    """The report's table, by the names of its rows."""
    width, height = photo.original_size
    model = scan.model
    rows = {
        "photo": f"{photo.name}, {width} × {height} {photo.format}",
        "window": "" if scan.photo_box is None else t("report.window-words", **scan.photo_box.as_dict()),
        "photo-sha256": photo.sha256,
        "finding-threshold": f"{scan.threshold:.2f}",
        "wall-scale": _source(t, scan.wall_scale),
        "scales": ", ".join(f"{scale:.3g}×" for scale in sorted(scan.heats)),
        "tiles": f"{scan.tiles:,} / {scan.total:,}",
        "seconds": f"{scan.seconds:.1f}",
        "model": str(model["name"]),
        "fingerprint": str(model["fingerprint"]),
        "precision": f"{model['precision']}, {model['device']}",
        "versions": ", ".join(f"{name} {version}" for name, version in scan.versions.items()),
        "made": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
    }
    return {name: value for name, value in rows.items() if value}
