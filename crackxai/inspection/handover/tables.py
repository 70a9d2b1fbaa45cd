"""The tables: what XLSX and CSV hold, with their headings in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crackxai.inspection.dossier import PhotoDossier
from crackxai.inspection.handover import cover, words
from crackxai.inspection.handover.subject import Subject, moment
from crackxai.photo import Box
from crackxai.texts import Texts

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """title : of the sheet; head : of the columns; rows : a cell for each of them."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def tables(subject: Subject, texts: Texts) -> tuple[Table, ...]:
    """All of them: inspection, photos, findings, decisions, sizes, ratings."""
    t = texts.unmarked()
    return (
        _inspection(t, subject),
        photos(t, subject),
        _findings(t, subject),
        _decisions(t, subject),
        _sizes(t, subject),
        _ratings(t, subject),
    )


def photos(t: Texts, subject: Subject) -> Table:
    """A row for each photo: the machine's answer, what people decided, what they measured."""
    names = (
        "number", "photo", "stands", "machine", "probability", "threshold", "band", "scanned", "findings", "doubts",
        "decided", "who", "reason", "overridden", "disputed", "sizes", "ratings", "maps", "element", "place", "taken",
        "latitude", "longitude", "width", "height", "model", "fingerprint", "sha256",
    )  # fmt: skip
    rows = [_photo(t, subject, number, photo) for number, photo in enumerate(subject.dossier.photos, 1)]
    return _table(t, "photos", names, rows)


def _photo(t: Texts, subject: Subject, number: int, photo: PhotoDossier) -> tuple[Cell, ...]:
    said, judgement = photo.photo.said, photo.judgement.said if photo.judgement else None
    sizes = "; ".join(words.size(t, row.said.size) for row in photo.sizes)
    return (
        number,
        photo.name,
        words.verdict(t, photo.verdict),
        t("handover.unjudged") if judgement is None else words.verdict(t, judgement.verdict),
        None if judgement is None else judgement.probability,
        None if judgement is None else judgement.threshold,
        None if judgement is None else judgement.band,
        None if judgement is None else _yes(t, words.is_scan(judgement)),
        None if judgement is None or not words.is_scan(judgement) else len(words.counted(judgement)),
        None if judgement is None else " ".join(words.doubts(t, judgement)),
        t("handover.undecided") if photo.decided is None else words.verdict(t, photo.decided),
        ", ".join(dict.fromkeys(row.said.who for row in photo.of_photo)),
        "; ".join(told for row in photo.of_photo if (told := words.reason(t, row.said))),
        _yes(t, photo.overridden),
        _yes(t, photo.disputed),
        sizes,
        "; ".join(words.rating(t, row.said) for row in photo.ratings),
        len(subject.explanations.get(photo.sha256, ())),
        said.element,
        said.place,
        said.taken_at or "",
        said.latitude,
        said.longitude,
        said.width,
        said.height,
        "" if judgement is None else judgement.model,
        "" if judgement is None else judgement.fingerprint,
        said.sha256,
    )


def _inspection(t: Texts, subject: Subject) -> Table:
    dossier = subject.dossier
    facts = dossier.facts.said
    rows: list[tuple[Cell, ...]] = [(t("table.name"), facts.name)]
    rows += [
        (t(f"handover.{name}"), getattr(facts, name))
        for name in ("structure", "element", "place", "date", "inspector", "remarks")
    ]
    rows += [
        (t("handover.photos"), len(dossier.photos)),
        (t("table.state"), cover.state(t, subject)),
        (t("handover.version"), dossier.version),
        (t("handover.made"), subject.made_at),
        (t("handover.inspection-id"), dossier.id),
        (t("handover.covers"), dossier.covers),
    ]
    for each in dossier.sign_offs:
        state = t("handover.valid") if each.valid else t("handover.voided", row=each.voided_by)
        rows.append(
            (t("table.sign-off"), f"{each.row.said.who}, {subject.at(each.row)}, {each.row.said.covers}, {state}")
        )
    for signed in dossier.signed_elsewhere:
        told = f"{signed.who}, {moment(signed.when)}, {signed.covers}"
        rows.append((t("handover.elsewhere-void" if signed.void else "handover.elsewhere"), told))
    return _table(t, "inspection", ("fact", "value"), rows)


def _findings(t: Texts, subject: Subject) -> Table:
    names = (
        "number", "photo", "finding", "counts", "score", "probability", "pixels", "top", "bottom", "left", "right",
        "weak", "grid", "doubts",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for number, photo in enumerate(subject.dossier.photos, 1):
        if photo.judgement is None:
            continue
        for place, each in enumerate(photo.judgement.said.findings, 1):
            counts = each["score"] >= photo.judgement.said.threshold
            grid = each.get("depends_on_grid")
            rows.append(
                (
                    number,
                    photo.name,
                    place,
                    _yes(t, counts),
                    each["score"],
                    each["probability"],
                    None if each.get("weak") else each["length_pixels"],
                    *_box(Box(**each["box"])),
                    _yes(t, bool(each.get("weak"))),
                    "" if grid is None else _yes(t, grid),
                    " ".join(words.finding_doubts(t, each)),
                )
            )
    return _table(t, "findings", names, rows)


def _decisions(t: Texts, subject: Subject) -> Table:
    names = (
        "number", "photo", "who", "when", "decided", "reason", "words", "machine", "probability", "threshold",
        "overridden", "current", "top", "bottom", "left", "right",
    )  # fmt: skip
    numbers = _numbers(subject)
    current = {row.number for photo in subject.dossier.photos for row in photo.decisions}
    rows: list[tuple[Cell, ...]] = []
    for row in subject.decisions:
        said, machine = row.said, row.said.machine
        rows.append(
            (
                *numbers[str(row.sha256)],
                said.who,
                subject.at(row),
                words.verdict(t, said.verdict),
                t(f"handover-reason.{said.reason}") if said.reason else "",
                said.text,
                "" if machine is None else words.verdict(t, machine["verdict"]),
                None if machine is None else machine["probability"],
                None if machine is None else machine["threshold"],
                _yes(t, said.overrides),
                _yes(t, row.number in current),
                *_box(said.box),
            )
        )
    return _table(t, "decisions", names, rows)


def _sizes(t: Texts, subject: Subject) -> Table:
    names = (
        "number", "photo", "who", "when", "of", "kind", "mm", "error", "tool", "scale", "class", "top", "bottom",
        "left", "right",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for number, photo in enumerate(subject.dossier.photos, 1):
        for row in photo.sizes:
            size = row.said.size
            kind = words.size(t, size)
            rows.append(
                (
                    number,
                    photo.name,
                    row.said.who,
                    subject.at(row),
                    t(f"handover-size.{size.of}"),
                    kind,
                    size.mm,
                    size.error_mm,
                    size.tool,
                    size.scale,
                    size.size_class,
                    *_box(row.said.box),
                )
            )
    return _table(t, "sizes", names, rows)


def _ratings(t: Texts, subject: Subject) -> Table:
    names = (
        "number", "photo", "who", "when", "scale", "edition", "part", "value", "words", "top", "bottom", "left",
        "right",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            *(number, photo.name, row.said.who, subject.at(row), row.said.scale, row.said.edition, part, value),
            *(row.said.remarks, *_box(row.said.box)),
        )
        for number, photo in enumerate(subject.dossier.photos, 1)
        for row in photo.ratings
        for part, value in row.said.values.items()
    ]
    return _table(t, "ratings", names, rows)


def _table(t: Texts, title: str, names: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> Table:
    return Table(t(f"table.sheet-{title}"), tuple(t(f"table.{name}") for name in names), tuple(rows))


def _numbers(subject: Subject) -> dict[str, tuple[Cell, Cell]]:
    return {photo.sha256: (number, photo.name) for number, photo in enumerate(subject.dossier.photos, 1)}


def _box(box: Box | None) -> tuple[Cell, Cell, Cell, Cell]:
    return (None, None, None, None) if box is None else (box.top, box.bottom, box.left, box.right)


def _yes(t: Texts, value: bool) -> str:
    return t("table.yes") if value else t("table.no")
