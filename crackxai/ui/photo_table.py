"""The photos of an inspection as a table of any length, of which the browser draws only what is seen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.selection import element_of
from crackxai.ui import deciding, inspections
from crackxai.ui import inspection_session as session
from crackxai.ui.inspection_words import UNANSWERED
from crackxai.ui.text import language, t
from crackxai.ui.verdict_panel import sign

COLUMNS = ("name", "machine", "probability", "score", "doubts", "people", "by", "gain", "element", "taken")
HEIGHT, ROW = 460, 34
"""Of the table and of a row, pixels."""


def show(dossier: Dossier, shown: Sequence[PhotoDossier]) -> None:
    """All of them; what is decided on the rows that are selected."""
    bar = st.container()
    look = session.look(dossier.id)
    # Rows are selected by their places: another list begins with nothing selected, and so does one after a decision.
    of = hashlib.sha256("".join([str(look.turn), *(each.sha256 for each in shown)]).encode())
    found = st.dataframe(
        inspections.table(dossier, look.selection, language(), lambda: [_row(dossier, each) for each in shown]),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        row_height=ROW,
        height=min(36 + ROW * len(shown) + 2, HEIGHT),
        column_order=COLUMNS if _scanned(shown) else [name for name in COLUMNS if name != "score"],
        key=f"photo-table-{of.hexdigest()[:16]}",
        column_config={
            "name": st.column_config.TextColumn(t("photo-table.name"), width="medium"),
            "machine": st.column_config.TextColumn(t("photo-table.machine")),
            "probability": st.column_config.ProgressColumn(
                t("photo-table.probability"), format="%.1f %%", min_value=0, max_value=100
            ),
            "score": st.column_config.NumberColumn(t("overview.scan"), format="%.2f", width="small"),
            "doubts": st.column_config.NumberColumn(t("photo-table.doubts"), width="small"),
            "people": st.column_config.TextColumn(t("photo-table.people")),
            "by": st.column_config.TextColumn(t("photo-table.by")),
            "gain": st.column_config.NumberColumn(
                t("photo-table.gain"), format="%.2f", width="small", help=t("photo-table.gain-help")
            ),
            "element": st.column_config.TextColumn(t("photo-table.element")),
            "taken": st.column_config.TextColumn(t("photo-table.taken")),
        },
        alt=t("photo-table.alt", count=len(shown)),
    )
    marked = frozenset(shown[place].sha256 for place in found.selection.rows if place < len(shown))
    if marked != look.marked:
        session.change(dossier.id, marked=marked)
    with bar:
        deciding.several(dossier, shown)
        st.caption(t("photo-table.help"))


def _scanned(shown: Sequence[PhotoDossier]) -> bool:
    return any(each.judgement is not None and each.judgement.said.settings.get("of") == "scan" for each in shown)


def _row(dossier: Dossier, photo: PhotoDossier) -> dict[str, object]:
    said = photo.photo.said
    machine = photo.machine
    people = photo.decided
    judged = None if photo.judgement is None else photo.judgement.said
    number = None if judged is None else judged.probability
    of_scan = judged is not None and judged.settings.get("of") == "scan"
    probability = None if of_scan else number
    return {
        "name": photo.name,
        "machine": f"{UNANSWERED} {t('inspection.unjudged')}" if machine is None else _verdict(machine),
        # As `percent` has it: no certainty that rounding made up.
        "probability": None if probability is None else min(max(100 * probability, 0.1), 99.9),
        # What a scan scored is no probability, and is not told as one.
        "score": number if of_scan else None,
        "doubts": 0 if judged is None else len(judged.doubts),
        "people": t("inspection.disputed") if photo.disputed else "" if people is None else _verdict(people),
        "by": ", ".join(dict.fromkeys(each.said.who for each in photo.of_photo)),
        "gain": photo.gain,
        "element": element_of(dossier, photo),
        "taken": (said.taken_at or "")[:16].replace("T", " "),
    }


def _verdict(kind: str) -> str:
    return f"{sign(kind)} {t(f'verdict.{kind}')}"
