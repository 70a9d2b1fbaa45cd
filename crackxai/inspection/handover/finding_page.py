"""A page for a photo that stands as cracked or open: what was seen, why, and what people said of it."""

from __future__ import annotations

from crackxai.inspection import wording
from crackxai.inspection.dossier import PhotoDossier
from crackxai.inspection.handover import recorded_map, words
from crackxai.inspection.handover.sheet import ACCENT, GREY, LEFT, SMALL, Colour, Sheet
from crackxai.inspection.handover.shown_photos import Shown, ShownMap
from crackxai.inspection.handover.subject import Subject
from crackxai.texts import Texts

PHOTO_ROOM, WITH_MAP, MAP_ROOM = 76.0, 64.0, 60.0
"""Heights of the pictures, millimetres: a photo alone, one with its map beside it, and another map."""
COLOURS: dict[str | None, Colour] = {
    "crack": (160, 20, 40), "review": (138, 84, 0), "no-crack": (22, 92, 54), None: GREY,
}  # fmt: skip
LISTED = 8
"""Findings of a scan that are told one by one."""


def draw(sheet: Sheet, subject: Subject, number: int, photo: PhotoDossier, shown: Shown, first: bool) -> None:
    """Draw it. number : of the photo. first : whether it is the first of its kind."""
    t = sheet.t
    sheet.add_page()
    if first:
        sheet.heading(t("handover.findings"))
    name = f"{number} · {photo.name}"
    sheet.heading(name, 1)
    sheet.band(words.standing(t, photo), COLOURS[photo.verdict])
    _picture(sheet, photo, shown)
    _machine(sheet, photo)
    _decisions(sheet, subject, photo)
    _sizes(sheet, subject, photo)
    for number_of_map, (letter, each) in enumerate(zip("AB", shown.maps, strict=False)):
        _map(sheet, each, letter, drawn=number_of_map == 0)
    for unshown in shown.left_out:
        sheet.put(t("handover.map-unshown", settings=recorded_map.settings_words(t, unshown)), SMALL)
    if shown.more_maps > 0:
        sheet.put(t("handover.more-maps", count=shown.more_maps), SMALL, GREY)


def why_missing(t: Texts, why: str) -> str:
    """Why a photo is not shown, without the place where it was looked for, which is nobody else's business."""
    kind = getattr(why, "name", "")
    if kind == "original.changed":
        return t("handover.original-changed")
    return t("handover.original-gone") if kind == "original.gone" else t.message(why)


def _picture(sheet: Sheet, photo: PhotoDossier, shown: Shown) -> None:
    """The photo, and at its right its map; where there is none, what its file says."""
    t = sheet.t
    top, low = sheet.y, sheet.y
    aside = 0.0
    if shown.image is None:
        sheet.box(LEFT, top, sheet.room, 20, why_missing(t, shown.why))
        sheet.y += 23
    else:
        width, height = shown.size
        room = (0.56 if shown.maps else 0.62) * sheet.room
        scale = min(room / width, (WITH_MAP if shown.maps else PHOTO_ROOM) / height)
        alt = t("handover.photo-alt", name=photo.name, verdict=words.standing(t, photo))
        sheet.picture(shown.image, LEFT, top, width * scale, height * scale, alt)
        low = top + height * scale + 2
        if shown.maps:
            _beside(sheet, shown.maps[0], width * scale + 4, top)
            low = max(low, sheet.y)
            sheet.y = low
        else:
            aside = width * scale + 5
            sheet.y = top - 1
    said = photo.photo.said
    where = ", ".join(part for part in (said.element, said.place) if part)
    position = "" if said.latitude is None else f"{said.latitude:.6f}, {said.longitude:.6f} (WGS 84)"
    facts = [
        (t("handover.place"), where),
        (t("handover.taken"), (said.taken_at or "").replace("T", " ")),
        (t("handover.position"), position),
        (t("handover.size"), f"{said.width:,} × {said.height:,}"),
        (t("report.photo-sha256"), said.sha256),
    ]
    sheet.facts(facts, 26.0 if aside else 44.0, aside, SMALL)
    sheet.y = max(sheet.y, low) + 1
    if shown.image is not None and photo.judgement is not None and words.counted(photo.judgement.said):
        sheet.put(t("handover.frames"), SMALL, GREY)


def _beside(sheet: Sheet, shown: ShownMap, aside: float, top: float) -> None:
    t = sheet.t
    room = sheet.room - aside
    height, width = shown.size
    scale = min(room / width, WITH_MAP / height)
    alt = t("maps.map-alt", words=wording.map_words(t, shown.map))
    sheet.picture(shown.image, LEFT + aside, top, width * scale, height * scale, alt)
    sheet.y = top + height * scale + 2


def _machine(sheet: Sheet, photo: PhotoDossier) -> None:
    t = sheet.t
    sheet.heading(t("handover.machine"), 2)
    if photo.judgement is None:
        sheet.put(t("handover.unjudged"))
        return
    judgement = photo.judgement.said
    scanned = words.is_scan(judgement)
    sheet.facts(
        [
            (t("handover.verdict"), words.verdict(t, judgement.verdict)),
            (t("overview.scan") if scanned else t("report.probability"), words.probability(t, judgement)),
            (t("report.threshold"), words.rule(t, judgement)),
            (
                t("report.model"),
                t("handover.model-words", name=judgement.model, fingerprint=judgement.fingerprint[:16]),
            ),
        ],
        size=SMALL,
    )
    sheet.y += 1
    for doubt in words.doubts(t, judgement):
        sheet.put(doubt, SMALL)
    found = words.counted(judgement)
    if found:
        sheet.y += 1
        names = ("number", "score", "probability", "pixels", "place", "doubts")
        sheet.grid(
            [t(f"report.finding-{name}") for name in names],
            [
                [
                    str(number),
                    f"{each['score']:.2f}",
                    wording.percent(t, each["probability"]),
                    "" if each.get("weak") else f"{each['length_pixels']:,.0f}",
                    t("report.place", **each["box"]),
                    " ".join(words.finding_doubts(t, each)),
                ]
                for number, each in enumerate(found[:LISTED], 1)
            ],
            (1, 1.3, 2, 1.7, 4, 5),
        )
        if len(found) > LISTED:
            sheet.put(t("report.findings-left-out", count=len(found) - LISTED), SMALL)


def _decisions(sheet: Sheet, subject: Subject, photo: PhotoDossier) -> None:
    t = sheet.t
    sheet.heading(t("handover.decisions"), 2)
    if not photo.decisions:
        sheet.put(t("handover.nobody"))
        return
    sheet.grid(
        [t(f"handover.column-{name}") for name in ("who", "when", "decided", "reason", "of")],
        [
            [
                row.said.who,
                subject.at(row),
                words.verdict(t, row.said.verdict) + (f" – {t('handover.override')}" if row.said.overrides else ""),
                words.reason(t, row.said),
                words.place(t, row.said.box),
            ]
            for row in photo.decisions
        ],
        (2.4, 3.2, 3, 5, 3),
    )


def _sizes(sheet: Sheet, subject: Subject, photo: PhotoDossier) -> None:
    t = sheet.t
    sheet.heading(t("handover.sizes"), 2)
    rows = [(row, words.size(t, row.said.size)) for row in photo.sizes]
    rows += [(row, words.rating(t, row.said)) for row in photo.ratings]  # type: ignore[misc]
    if not rows:
        sheet.put(t("handover.no-sizes"), SMALL)
        return
    sheet.grid(
        [t(f"handover.column-{name}") for name in ("what", "who", "when", "of")],
        [[told, row.said.who, subject.at(row), words.place(t, row.said.box)] for row, told in rows],
        (7, 2.4, 3.2, 3),
    )


def _map(sheet: Sheet, shown: ShownMap, letter: str, drawn: bool) -> None:
    """What a map says, and what it is worth. drawn : whether it stands beside the photo already."""
    t, found = sheet.t, shown.map
    lines = [wording.map_words(t, found), *recorded_map.worth(t, found)]
    place = words.place(t, found.box)
    height, width = shown.size
    scale = min(MAP_ROOM / width, MAP_ROOM / height)
    sheet.need(20 if drawn else height * scale + 16)
    sheet.heading(wording.map_name(t, found.settings), 2)
    top, page = sheet.y, sheet.page
    aside = 0.0 if drawn else width * scale + 5
    if not drawn:
        sheet.picture(shown.image, LEFT, top, width * scale, height * scale, t("maps.map-alt", words=lines[0]))
    if found.box is not None:
        sheet.put(t("handover.window", letter=letter, place=place), SMALL, ACCENT, indent=aside)
    for line in (recorded_map.settings_words(t, found), *lines):
        sheet.put(line, SMALL, indent=aside, gap=0.8)
    sheet.put(t("handover.map-colours", limit=f"{shown.limit:.1e}"), SMALL, GREY, indent=aside, gap=0.8)
    if not drawn and sheet.page == page:
        sheet.y = max(sheet.y, top + height * scale + 2)
