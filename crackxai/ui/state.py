"""What one browser session remembers, behind names instead of strings. Other sessions never see it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

import streamlit as st
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from crackxai import CrackModel, Photo
from crackxai.explain.faithfulness import FaithfulnessTest
from crackxai.explain.methods import AnytimeExplainer
from crackxai.explain.settings import MethodSettings
from crackxai.inspection.folder_run import FolderRun
from crackxai.inspection.scan import ScanSettings
from crackxai.inspection.scanner import Scanner
from crackxai.inspection.stated_scale import DrawnLine, StatedScale
from crackxai.photo import Box
from crackxai.ui.budget import Budget
from crackxai.ui.job import Job
from crackxai.ui.linked_window import LinkedWindow
from crackxai.ui.presence import Presence

_ITEMS, _SELECTED, _PROBLEMS, _UPLOADS = "_items", "_selected", "_problems", "_uploads"
_PROBLEMS_OF, _TAKEN = "_problems_of", "_taken"
_PRESENCE, _TURN, _AWAITED = "_presence", "_turn", "_awaited"
_JOBS, _ASKED, _MESSAGES, _OWNER = "_jobs", "_asked", "_messages", "_owner"
_MAP_TEST_JOBS = "_map_test_jobs"
_FOLDER_JOBS, _FOLDER_RUNS = "_folder_jobs", "_folder_runs"
_DECISIONS, _CHOICE = "_decisions", "_choice"
_OPENED, _SCAN_JOBS, _SCANNED, _TO_SCAN = "_opened", "_scan_jobs", "_scanned", "_to_scan"
_SCALES, _LINES = "_scales", "_lines"
_INSPECTION = "_inspection"
ALL_JOBS = _JOBS, _SCAN_JOBS, _MAP_TEST_JOBS, _FOLDER_JOBS
"""Of every kind of work."""


@dataclass(frozen=True)
class Item:
    """A photo of the session, or a window of one, not decoded.

    Attributes
    ----------
    data : the file; sample : its number for a drawn sample, else None.
    box : of a window, in the file's upright pixels; None for the whole photo.
    whole : the item of the whole photo; None where this is it.
    """

    name: str
    data: bytes
    sha256: str
    sample: int | None = None
    box: Box | None = None
    whole: Item | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """Of the decoded photo, see `crackxai.Photo.key`."""
        box = self.box
        return self.sha256 if box is None else f"{self.sha256}:{box.top}-{box.bottom}:{box.left}-{box.right}"

    @property
    def id(self) -> ItemId:
        """To find it again by, without holding its bytes."""
        return ItemId(self.sha256, self.name, self.sample, self.box)

    def window(self, box: Box | None) -> Item:
        """A part of the photo as an item of its own; the whole one for None."""
        whole = self.whole or self
        return whole if box is None else replace(whole, box=box, whole=whole)


class ItemId(NamedTuple):
    """Which of the session's photos, or of the samples; or which window of it."""

    sha256: str
    name: str
    sample: int | None
    box: Box | None = None

    @property
    def whole(self) -> ItemId:
        """Of the photo that it is a window of; itself where it is none."""
        return self._replace(box=None)


class RunKey(NamedTuple):
    """What a run is kept under: everything that shapes its map or is written into its record, but for the budget.

    Attributes
    ----------
    photo, name : key and name of the photo. model : `crackxai.CrackModel.key`.
    """

    photo: str
    name: str
    model: str
    precision: str
    settings: MethodSettings

    @classmethod
    def of(cls, model: CrackModel, photo: Photo, settings: MethodSettings) -> RunKey:
        return cls(photo.key, photo.name, model.key, model.precision, settings.key)


class ScanKey(NamedTuple):
    """What a scan is kept under; the attributes are those of `RunKey`, and the scale that its lengths are told by."""

    photo: str
    name: str
    model: str
    precision: str
    settings: ScanSettings
    scale: StatedScale | None = None

    @classmethod
    def of(cls, model: CrackModel, item: Item, settings: ScanSettings, scale: StatedScale | None = None) -> ScanKey:
        return cls(item.key, item.name, model.key, model.precision, settings, scale)


class MapTestKey(NamedTuple):
    """What the test of a map is kept under: its run, and the evaluations after which the map was read."""

    run: RunKey
    evaluations: int

    @property
    def photo(self) -> str:
        """Key of the photo."""
        return self.run.photo


class FolderKey(NamedTuple):
    """What a run over a folder is kept under: the inspection in the records that it judges photos into."""

    inspection: str


class Asked(NamedTuple):
    """An explanation that the session asked for: what the page has to be set to, to show it.

    Attributes
    ----------
    choice : name of the model and its precision.
    """

    item: ItemId
    settings: MethodSettings
    choice: tuple[str, str]


class AskedScan(NamedTuple):
    """A scan that the session asked for; as `Asked`."""

    item: ItemId
    choice: tuple[str, str]


V = TypeVar("V")


def _own(name: str, fresh: V) -> V:
    """What the session keeps under that name, at first ``fresh``."""
    kept: V = st.session_state.setdefault(name, fresh)
    return kept


# Photos


def items() -> list[Item]:
    """Uploaded, in the order in which they came."""
    return _own(_ITEMS, [])


def add_item(item: Item, budget: Budget) -> None:
    """Keep it and select it, once.

    Raises
    ------
    BudgetError : the session, or the server, has no room for it.
    """
    kept = items()
    if item not in kept:
        budget.admit(item, kept)
        kept.append(item)
    select(item)


def remove_item(item: Item) -> None:
    shown = selected() == item
    kept = items()
    kept.remove(item)
    if shown:
        select(kept[0] if kept else None)


def selected() -> Item | None:
    """The photo under inspection: an uploaded one or a sample."""
    kept: Item | ItemId | None = st.session_state.get(_SELECTED)
    return next((item for item in items() if item.id == kept), None) if isinstance(kept, ItemId) else kept


def select(item: Item | None) -> None:
    if item != selected():
        st.session_state[_TURN] = turn() + 1
    # By name where the session has it anyway: Streamlit keeps this for longer than the session lasts.
    st.session_state[_SELECTED] = item.id if item is not None and item.sample is None else item


def opened(item: Item) -> Item:
    """What of that photo is under inspection: a window that was opened, else all of it."""
    windows: dict[ItemId, Box] = _own(_OPENED, {})
    return item.window(windows.get(item.id.whole))


def open_window(item: Item, box: Box | None) -> None:
    """Put a window of that photo under inspection; None: all of it."""
    windows: dict[ItemId, Box] = _own(_OPENED, {})
    if box is None:
        windows.pop(item.id.whole, None)
    else:
        windows[item.id.whole] = box


def awaited_window() -> LinkedWindow | None:
    """That the page's address asks for, until its photo is there."""
    awaited: LinkedWindow | None = st.session_state.get(_AWAITED)
    return awaited


def await_window(linked: LinkedWindow | None) -> None:
    """Open that window as soon as its photo is there; None: it is there, or given up."""
    st.session_state[_AWAITED] = linked


def stated_scale(item: Item) -> StatedScale | None:
    """What the engineer says of the scale of that photo; None where nothing was said."""
    scales: dict[ItemId, StatedScale] = _own(_SCALES, {})
    return scales.get(item.id.whole)


def state_scale(item: Item, scale: StatedScale | None) -> None:
    """Take the scale of that photo from now on; None: from now on none is known."""
    scales: dict[ItemId, StatedScale] = _own(_SCALES, {})
    if scale is None:
        scales.pop(item.id.whole, None)
    else:
        scales[item.id.whole] = scale


def drawn_line(item: Item) -> DrawnLine | None:
    """The line of known length that the engineer drew on that photo; None where there is none."""
    lines: dict[ItemId, DrawnLine] = _own(_LINES, {})
    return lines.get(item.id.whole)


def draw_line(item: Item, line: DrawnLine | None) -> None:
    """Take that line instead of the one that was drawn before; None: away with it."""
    lines: dict[ItemId, DrawnLine] = _own(_LINES, {})
    if line is None:
        lines.pop(item.id.whole, None)
    else:
        lines[item.id.whole] = line


def turn() -> int:
    """How often another photo came under inspection."""
    return _own(_TURN, 0)


def problems() -> list[str]:
    """Messages about the files of the last upload that were not taken."""
    return _own(_PROBLEMS, [])


def tell_problem(problem: str, upload: int) -> None:
    """Add a message about a file of that upload, once; those of earlier uploads are forgotten."""
    if st.session_state.get(_PROBLEMS_OF) != upload:
        st.session_state[_PROBLEMS_OF] = upload
        problems().clear()
    if problem not in problems():
        problems().append(problem)


def taken_files() -> set[str]:
    """Streamlit's ids of the files of this upload that were taken."""
    return _own(_TAKEN, set())


def upload_number() -> int:
    """Of the uploader: it is replaced by an empty one once its files were taken."""
    return _own(_UPLOADS, 0)


def next_upload() -> None:
    st.session_state[_UPLOADS] = upload_number() + 1
    st.session_state[_TAKEN] = set()


# Runs


def jobs() -> dict[RunKey, Job[AnytimeExplainer]]:
    """Explanations that the session waits for."""
    return _own(_JOBS, {})


def scan_jobs() -> dict[ScanKey, Job[Scanner]]:
    """Scans that the session waits for."""
    return _own(_SCAN_JOBS, {})


def map_test_jobs() -> dict[MapTestKey, Job[FaithfulnessTest]]:
    """Tests of maps that the session waits for."""
    return _own(_MAP_TEST_JOBS, {})


def folder_jobs() -> dict[FolderKey, Job[FolderRun]]:
    """Runs over folders that the session waits for."""
    return _own(_FOLDER_JOBS, {})


def folder_runs() -> dict[FolderKey, FolderRun]:
    """The last run of each inspection that the session asked for, under way or not."""
    return _own(_FOLDER_RUNS, {})


def scanned() -> dict[ScanKey, AskedScan]:
    """Every scan that the session asked for."""
    return _own(_SCANNED, {})


def to_scan() -> list[ItemId]:
    """Photos whose scans are begun one after another, the next one first."""
    return _own(_TO_SCAN, [])


def asked() -> dict[RunKey, Asked]:
    """Every explanation that the session asked for, with the largest budget last asked for."""
    return _own(_ASKED, {})


def owner() -> str:
    """Whose the session's jobs are, for the queue."""
    return _own(_OWNER, uuid.uuid4().hex)


def messages() -> dict[RunKey | ScanKey | MapTestKey | FolderKey, str]:
    """What went wrong with a run, a scan, a test or a folder, until it is asked for again."""
    return _own(_MESSAGES, {})


def presence() -> Presence:
    """Whether the browser session's page is open."""
    if _PRESENCE not in st.session_state:
        context = get_script_run_ctx()
        if context is None or not st.runtime.exists():
            # Pages run by a test have no connection to lose.
            st.session_state[_PRESENCE] = Presence("", lambda _: True)
        else:
            st.session_state[_PRESENCE] = Presence(context.session_id, get_instance().is_active_session)
    found: Presence = st.session_state[_PRESENCE]
    return found


# Decisions


def decision(model: CrackModel) -> tuple[float, float]:
    """Threshold and half width of the review band for this model."""
    made: dict[str, tuple[float, float]] = _own(_DECISIONS, {})
    return made.get(model.key, (model.threshold, model.band))


def decide(model: CrackModel, threshold: float, band: float) -> None:
    st.session_state.setdefault(_DECISIONS, {})[model.key] = (threshold, band)


def choice() -> tuple[str, str] | None:
    """Name of the chosen model and its precision; None before anything was chosen."""
    return st.session_state.get(_CHOICE)


def choose(model: str, precision: str) -> None:
    st.session_state[_CHOICE] = (model, precision)


def inspection() -> str | None:
    """Name in the records of the inspection that is looked at; None: none was chosen."""
    return st.session_state.get(_INSPECTION)


def choose_inspection(inspection: str | None) -> None:
    st.session_state[_INSPECTION] = inspection
