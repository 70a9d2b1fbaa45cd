"""The first page: what was inspected, by whom, and whether somebody answers for it."""

from __future__ import annotations

from crackxai import __version__
from crackxai.inspection.handover.sheet import ACCENT, GREY, LEFT, SMALL, Colour, Sheet
from crackxai.inspection.handover.subject import Subject, moment
from crackxai.texts import Texts

SIGNED, DRAFT, VOID = (22, 92, 54), (138, 84, 0), (160, 20, 40)


def state(t: Texts, subject: Subject) -> str:
    """Whether it is signed, in a few words."""
    dossier = subject.dossier
    if dossier.signed is not None:
        return t("handover.state-signed", who=dossier.signed.row.said.who, version=dossier.version)
    if dossier.sign_offs:
        return t("handover.state-void", version=dossier.version)
    return t("handover.state-draft", version=dossier.version)


def where(subject: Subject) -> tuple[str, str, str]:
    """Structure, element, place."""
    facts = subject.dossier.facts.said
    return facts.structure, facts.element, facts.place


def draw(sheet: Sheet, subject: Subject) -> None:
    """Draw it."""
    t, dossier = sheet.t, subject.dossier
    facts = dossier.facts.said
    sheet.add_page()
    sheet.y = 38
    sheet.put(t("handover.kind"), 11, ACCENT, gap=3)
    sheet.heading(facts.name, size=24, bookmark=t("handover.cover"))
    sheet.y += 3
    sheet.band(state(t, subject), _colour(subject))
    for line in _state_words(t, subject):
        sheet.put(line)
    sheet.y += 4
    rows = {
        "structure": facts.structure,
        "element": facts.element,
        "place": facts.place,
        "date": facts.date,
        "inspector": facts.inspector,
        "remarks": facts.remarks,
    }
    sheet.facts([(t(f"handover.{name}"), value or t("handover.not-stated")) for name, value in rows.items()])
    sheet.facts(
        [
            (t("handover.photos"), f"{len(dossier.photos):,}"),
            (t("handover.version"), str(dossier.version)),
            (t("handover.made"), t("handover.made-by", at=subject.made_at, version=__version__)),
            (t("handover.inspection-id"), dossier.id),
            (t("handover.covers"), dossier.covers),
        ]
    )
    for each in dossier.imported:
        said = each.said
        sheet.y += 2
        sheet.put(
            t(
                "handover.imported",
                at=moment(each.written_at),
                who=said.who,
                made=said.made_at,
                program=said.program,
                id=said.inspection,
            ),
            SMALL,
        )
    for signed in dossier.signed_elsewhere:
        key = "handover.imported-void" if signed.void else "handover.imported-signed"
        sheet.put(t(key, who=signed.who, at=moment(signed.when), covers=signed.covers), SMALL, indent=4)
    sheet.y = max(sheet.y + 4, sheet.end - 22)
    sheet.need(18)
    sheet.set_draw_color(*GREY)
    sheet.line(LEFT, sheet.y, LEFT + 70, sheet.y)
    sheet.y += 1
    sheet.put(t("handover.signature"), SMALL, GREY)
    sheet.put(t("report.caution"), SMALL, GREY)


def _colour(subject: Subject) -> Colour:
    if subject.dossier.signed is not None:
        return SIGNED
    return VOID if subject.dossier.sign_offs else DRAFT


def _state_words(t: Texts, subject: Subject) -> list[str]:
    dossier = subject.dossier
    if not dossier.sign_offs:
        return [t("handover.draft-words")]
    last = dossier.sign_offs[-1]
    said = last.row.said
    facts = {"who": said.who, "at": moment(last.row.written_at), "rows": f"{said.rows:,}", "covers": said.covers}
    if last.valid:
        told = [t("handover.signed-words", **facts)]
        if said.missing:
            lacks = ", ".join(t(f"handover-missing.{kind}") for kind in said.missing)
            told.append(t("handover.signed-without", lacks=lacks))
    else:
        told = [t("handover.void-words", row=last.voided_by, **facts)]
    return [*told, t("handover.remarks-words", remarks=said.remarks)] if said.remarks else told
