"""All that was ever recorded of a photo, in order."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.records.contents import Stored
from crackxai.ui import inspections
from crackxai.ui.formats import percent, plain
from crackxai.ui.inspection_words import decision_words, when
from crackxai.ui.size_panel import rating_words, size_words
from crackxai.ui.text import t
from crackxai.ui.verdict_panel import sign


def show(dossier: Dossier, photo: PhotoDossier) -> None:
    """A line a row, closed at first."""
    with st.expander(t("triage.history"), icon=":material/history:", key="history"):
        st.markdown("\n".join(f"- {line}" for line in _history(dossier, photo)))


def _history(dossier: Dossier, photo: PhotoDossier) -> list[str]:
    """All that was ever said of the photo, in order, a line each."""
    records, of = inspections.records(), (dossier.id, photo.sha256)

    def at(row: Stored[Any]) -> str:
        return when(dossier.said_at(row))

    lines = [(photo.photo.number, t("history.photo", when=at(photo.photo)))]
    for judged in records.judgements(*of):
        said = judged.said
        probability = "–" if said.probability is None else percent(said.probability)
        facts = {"verdict": f"{sign(said.verdict)} {t(f'verdict.{said.verdict}')}", "probability": probability}
        model = plain(f"{said.model} {said.fingerprint[:12]}")
        lines.append((judged.number, t("history.judgement", **facts, model=model, when=at(judged))))
    for explained in records.explanations(*of):
        lines.append((explained.number, t("history.explanation", when=at(explained))))
    lines += [(decided.number, decision_words(decided, dossier.said_at(decided))) for decided in records.decisions(*of)]
    lines += [(row.number, f"{size_words(row.said.size)} · {plain(row.said.who)}") for row in photo.sizes]
    lines += [(row.number, f"{rating_words(row.said)} · {plain(row.said.who)}") for row in photo.ratings]
    return [t("history.row", number=f"{number:,}", words=words) for number, words in sorted(lines)]
