"""What is said of an inspection: to begin one, to say it anew, to delete all of it."""

from __future__ import annotations

import contextlib
import datetime

import streamlit as st

from crackxai import CrackXAIError
from crackxai.errors import RecordsError
from crackxai.inspection.dossier import Dossier
from crackxai.inspection.records.facts import Inspection
from crackxai.ui import inspection_session as session
from crackxai.ui import inspections
from crackxai.ui.formats import plain
from crackxai.ui.text import message, t

TEXTS = ("name", "structure", "element", "place", "inspector")
"""Fields of a line each; beside them the date, and the remarks."""
_DRAWN, _SHOWN = "_particulars_drawn", "_going_shown"
"""By form, the row that it was filled with; by inspection, the hash of what was told to go."""


def begin() -> None:
    """The form for a new inspection; it is looked at then."""
    facts = _form("begin", None)
    if facts is None:
        return
    row = inspections.records().add_inspection(facts)
    session.choose(row.inspection)
    session.tell("success", t("inspection.begun", name=plain(facts.name)))
    st.rerun()


def edit(dossier: Dossier) -> None:
    """The form to say it anew, and what that does to a sign-off."""
    if dossier.signed is not None:
        st.warning(t("inspection.edit-voids", who=plain(dossier.signed.row.said.who)), icon=":material/gpp_maybe:")
    key, number = f"edit-{dossier.id[:12]}", dossier.facts.number
    drawn = st.session_state.setdefault(_DRAWN, {})
    before, drawn[key] = drawn.get(key), number
    if before != number and not st.session_state.get(f"{key}-send"):
        # Said anew since: the form begins with that.
        for name in (*TEXTS, "date", "remarks"):
            st.session_state.pop(f"{key}-{name}", None)
    facts = _form(key, dossier.facts.said)
    if facts is None:
        return
    if before not in (None, number):
        st.error(t("inspection.edited-meanwhile"), icon=":material/error:")
        return
    if facts == dossier.facts.said:
        st.info(t("inspection.same"), icon=":material/info:")
        return
    inspections.records().edit_inspection(dossier.id, facts)
    session.tell("success", t("inspection.edited"))
    st.rerun()


def _form(key: str, before: Inspection | None) -> Inspection | None:
    """What was typed, once it is sent and can be recorded; what cannot be is told of, and stays typed."""
    today = datetime.date.today() if before is None else None
    with st.form(f"form-{key}", border=False):
        values = {}
        columns = st.columns(3)
        for place, name in enumerate(TEXTS):
            # One call a field, so that each has its own words.
            values[name] = columns[place % 3].text_input(
                t(f"inspection.{name}"),
                getattr(before, name, ""),
                key=f"{key}-{name}",
                max_chars=200,
                help=t("inspection.inspector-help") if name == "inspector" else None,
            )
        date = columns[2].date_input(
            t("inspection.date"), today or _date(before), key=f"{key}-date", format="YYYY-MM-DD"
        )
        values["remarks"] = st.text_area(
            t("inspection.remarks"), getattr(before, "remarks", ""), key=f"{key}-remarks", height=68, max_chars=2000
        )
        label = t("inspection.begin-it") if before is None else t("inspection.edit-it")
        if not st.form_submit_button(label, type="primary", key=f"{key}-send"):
            return None
    values["date"] = date.isoformat() if isinstance(date, datetime.date) else ""
    if not values["name"].strip():
        st.error(t("inspection.name-needed"), icon=":material/error:")
        return None
    return Inspection(**{name: value.strip() for name, value in values.items()})


def _date(before: Inspection | None) -> datetime.date | None:
    with contextlib.suppress(ValueError, AttributeError):
        return datetime.date.fromisoformat(before.date)  # type: ignore[union-attr]
    return None


def delete(dossier: Dossier) -> None:
    """What goes with the inspection, and the way to delete it: with a reason, and its name typed."""
    with st.expander(t("inspection.delete"), icon=":material/delete:", key="delete-inspection"):
        going = inspections.records().what_goes(dossier.id)
        shown = st.session_state.setdefault(_SHOWN, {})
        seen, shown[dossier.id] = shown.get(dossier.id), going.covers
        st.markdown(t("inspection.goes", rows=f"{going.rows:,}"))
        kinds = ("inspection", "photo", "judgement", "explanation", "decision", "size", "rating", "sign-off")
        counts = [f"- {t(f'goes.{kind}')}: {going.went[kind]:,}" for kind in kinds if going.went.get(kind)]
        st.markdown("\n".join([*counts, f"- {t('goes.copies')}: {len(going.copies):,}"]))
        st.caption(t("inspection.stays"))
        with st.form("delete", border=False):
            reason = st.text_input(t("inspection.delete-reason"), key="delete-reason", max_chars=500)
            typed = st.text_input(t("inspection.delete-name", name=plain(dossier.facts.said.name)), key="delete-name")
            if not st.form_submit_button(t("inspection.delete-it"), icon=":material/delete_forever:", key="delete-it"):
                return
        if not reason.strip() or typed.strip() != dossier.facts.said.name.strip():
            st.error(t("inspection.delete-needs"), icon=":material/error:")
            return
        if seen != going.covers:
            st.error(t("inspection.goes-changed"), icon=":material/error:")
            return
        try:
            inspections.records().delete_inspection(dossier.id, reason.strip(), going)
        except RecordsError as error:
            st.error(plain(message(error.message)), icon=":material/error:")
            return
        except CrackXAIError as error:  # a copy that could not be removed: the records are deleted all the same
            session.tell("error", plain(message(error.message)))
        session.choose(None)
        session.tell("success", t("inspection.deleted", name=plain(dossier.facts.said.name)))
        st.rerun()
