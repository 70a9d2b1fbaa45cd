"""The records of inspections that this server keeps, read once however many sessions look at them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from crackxai.errors import AccessError
from crackxai.inspection.dossier import Dossier, PhotoDossier
from crackxai.inspection.dossier_reader import DossierReader
from crackxai.inspection.records import photo_store
from crackxai.inspection.records.place import VARIABLE, place_of
from crackxai.inspection.records.records import Records, open_records
from crackxai.inspection.selection import Selection
from crackxai.ui import sign_in
from crackxai.ui.lru_cache import LRUCache
from crackxai.ui.text import later

KEPT_PEOPLE = 64
KEPT = 8
"""Inspections that are held in memory, a few kilobytes a photo."""


def records() -> Records:
    """As whoever this browser session is of has them, begun where there are none.

    Raises
    ------
    RecordsError : they cannot be opened.
    AccessError : a login is required, and there is none, or its person may not look.
    """
    if not sign_in.required():
        return every()
    login = sign_in.login()
    if login is None:
        raise AccessError(later("sign-in.needed"), login=True)
    place = os.environ.get(VARIABLE, ""), os.environ.get(photo_store.VARIABLE, "")
    theirs = _theirs().get((*place, login.id), lambda: every().acting(login))
    theirs.require("look")
    return theirs


@st.cache_resource(show_spinner=False)
def _theirs() -> LRUCache[Records]:
    """Of people, who are called what they were called first; what each may do is asked each time."""
    return LRUCache(KEPT_PEOPLE)


def every() -> Records:
    """Open for all sessions, and nobody's: what is read once for all, and what asks who somebody is. Raises
    RecordsError where they cannot be opened."""
    return _records(os.environ.get(VARIABLE, ""), os.environ.get(photo_store.VARIABLE, ""))


def may(action: str) -> bool:
    """Whether whoever this browser session is of may do that, see `LEAST`; for what a page offers."""
    return records().may(action)


def begun() -> bool:
    """Whether there are any, so that a page that only reads does not begin some. Raises RecordsError: a wrong place."""
    place = place_of()
    return not isinstance(place, Path) or place.exists()


@st.cache_resource(show_spinner=False)
def _records(place: str, store: str) -> Records:
    return open_records(place or None)


def names() -> dict[str, str]:
    """What each inspection is called, no two alike: a list to choose from sends back what it shows."""
    said = [(row.inspection, row.said.name.strip()) for row in records().inspections()]
    taken = Counter(name for _, name in said)
    return {each: name if taken[name] == 1 else f"{name} ({each[:6]})" for each, name in said}


def dossier(inspection: str) -> Dossier:
    """An inspection as it stands; of what was read before only what is new is read. Raises RecordsError."""
    records()  # whether they may look
    place = os.environ.get(VARIABLE, "")
    return _readers().get((place, inspection), lambda: DossierReader(every(), inspection)).read()


@st.cache_resource(show_spinner=False)
def _readers() -> LRUCache[DossierReader]:
    return LRUCache(KEPT)


def photos(of: Dossier, selection: Selection) -> tuple[PhotoDossier, ...]:
    """Those of an inspection that are asked for, in order; sorted once until somebody writes."""
    return _chosen().get((of.id, of.covers, selection), lambda: selection.of(of))


def table(
    of: Dossier, selection: Selection, language: str, make: Callable[[], list[dict[str, object]]]
) -> list[dict[str, object]]:
    """The rows of a table of those, made once until somebody writes."""
    return _tables().get((of.id, of.covers, selection, language), make)


@st.cache_resource(show_spinner=False)
def _tables() -> LRUCache[list[dict[str, object]]]:
    return LRUCache(KEPT)


@st.cache_resource(show_spinner=False)
def _chosen() -> LRUCache[tuple[PhotoDossier, ...]]:
    return LRUCache(KEPT)
