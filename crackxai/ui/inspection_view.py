"""Which photos of an inspection are shown, in which order and how: filters, orders, views."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from crackxai.inspection import selection
from crackxai.inspection.dossier import Dossier
from crackxai.inspection.selection import Selection
from crackxai.ui import inspection_session as session
from crackxai.ui import inspections
from crackxai.ui.formats import plain
from crackxai.ui.text import t
from crackxai.ui.verdict_panel import sign

MANY = 8
"""Elements from which a list is typed into instead of a row of pills."""


def view(dossier: Dossier) -> None:
    """How the photos are shown, and in which order."""
    look = session.look(dossier.id)
    _choice("view", session.VIEWS, look.view, lambda view: _to_view(dossier, view))
    if look.view != "one":
        _choice("order", selection.ORDERS, look.selection.order, lambda order: _to_order(dossier, order))


def progress(dossier: Dossier) -> None:
    """How many photos are decided, and what the machine says of all."""
    machine = "  ·  ".join(
        f"{sign(kind)} {t(f'verdict.{kind}')} {dossier.by_machine[kind]:,}"
        for kind in ("crack", "review", "no-crack")
        if dossier.by_machine[kind]
    )
    total, decided = len(dossier.photos), len(dossier.photos) - dossier.by_people[None]
    words = t("inspection.progress", decided=f"{decided:,}", count=f"{total:,}", machine=machine)
    st.progress(decided / max(total, 1), words)


def _choice(name: str, options: tuple[str, ...], chosen: str, to: Callable[[Any], None]) -> None:
    key = f"inspection-{name}"
    # Set, not given as default: what the session asks for is told to the control, not the other way about.
    st.session_state[key] = chosen
    st.segmented_control(
        t(f"inspection.{name}"),
        options,
        required=True,
        format_func=lambda each: t(f"inspection.{name}-{each}"),
        key=key,
        label_visibility="collapsed",
        on_change=lambda: to(st.session_state[key]),
    )


def _to_view(dossier: Dossier, view: session.View) -> None:
    look = session.look(dossier.id)
    if view == "one":
        photos = [each.sha256 for each in inspections.photos(dossier, look.selection)]
        marked = [sha256 for sha256 in photos if sha256 in look.marked]
        session.go_through(dossier.id, marked or photos)
    else:
        session.change(dossier.id, view=view, asking=None)
    session.clear_marks(dossier.id)


def _to_order(dossier: Dossier, order: selection.Order) -> None:
    asked = session.look(dossier.id).selection
    session.select(dossier.id, Selection(**{**vars(asked), "order": order}))


def filters(dossier: Dossier, shown: int) -> None:
    """Which photos are shown; closed, its label tells how many."""
    asked = session.look(dossier.id).selection
    told = t("inspection.filters", shown=f"{shown:,}", count=f"{len(dossier.photos):,}", filters=asked.filters)
    with st.expander(told, icon=":material/filter_alt:", key="inspection-filters"):
        one, two = st.columns(2, gap="medium")
        verdicts = {kind: f"{sign(kind)} {t(f'verdict.{kind}')}" for kind in ("crack", "review", "no-crack")}
        machine = verdicts | {"unjudged": t("inspection.unjudged")}
        decided = verdicts | {"undecided": t("inspection.undecided")}
        with one:
            _pills(dossier.id, "machine", {kind: machine[kind] for kind in selection.MACHINE}, asked.machine)
            _pills(dossier.id, "doubts", {kind: t(f"inspection.{kind}") for kind in selection.DOUBTS}, asked.doubts)
        with two:
            _pills(dossier.id, "decided", {kind: decided[kind] for kind in selection.DECISIONS}, asked.decided)
            differs: dict[str, str] = {kind: t(f"inspection.differs-{kind}") for kind in selection.DIFFERENCES}
            _pills(dossier.id, "differences", differs, asked.differences)
        if names := selection.elements(dossier):
            _elements(dossier.id, names, asked.elements)
        text, first, last = st.columns(3, vertical_alignment="bottom")
        st.session_state["filter-text"] = asked.text
        text.text_input(
            t("inspection.filter-text"), key="filter-text", max_chars=200, on_change=_ask, args=(dossier.id,)
        )
        for column, name in ((first, "first"), (last, "last")):
            key = f"filter-{name}"
            st.session_state[key] = datetime.date.fromisoformat(getattr(asked, name)) if getattr(asked, name) else None
            column.date_input(
                t(f"inspection.filter-{name}"),
                value=None,
                key=key,
                format="YYYY-MM-DD",
                on_change=_ask,
                args=(dossier.id,),
            )
        st.button(
            t("inspection.no-filter"),
            key="no-filter",
            icon=":material/filter_alt_off:",
            disabled=not asked.filters,
            on_click=session.select,
            args=(dossier.id, Selection(order=asked.order)),
        )


def _pills(inspection: str, name: str, options: Mapping[str, str], chosen: tuple[str, ...]) -> None:
    key = f"filter-{name}"
    st.session_state[key] = list(chosen)
    st.pills(
        t(f"inspection.filter-{name}"),
        list(options),
        selection_mode="multi",
        format_func=lambda each: options.get(each, each),
        key=key,
        wrap=True,
        on_change=_ask,
        args=(inspection,),
    )


def _elements(inspection: str, names: tuple[str, ...], chosen: tuple[str, ...]) -> None:
    st.session_state["filter-elements"] = [name for name in chosen if name in names]
    if len(names) <= MANY:
        _pills(
            inspection, "elements", {name: plain(name) for name in names}, tuple(st.session_state["filter-elements"])
        )
        return
    # The names are the same in every language, so that a list of labels holds.
    st.multiselect(t("inspection.filter-elements"), names, key="filter-elements", on_change=_ask, args=(inspection,))


def _ask(inspection: str) -> None:
    """Take what the filters say."""
    asked, said = session.look(inspection).selection, st.session_state
    first, last = said.get("filter-first"), said.get("filter-last")
    several = {
        name: tuple(said.get(f"filter-{name}") or ())
        for name in ("machine", "doubts", "decided", "differences", "elements")
    }
    session.select(
        inspection,
        Selection(
            **several,
            first=first.isoformat() if first else "",
            last=last.isoformat() if last else "",
            text=str(said.get("filter-text") or ""),
            order=asked.order,
        ),
    )
